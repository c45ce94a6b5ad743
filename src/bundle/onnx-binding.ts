/** Where the executable's copy of onnxruntime-node finds its native binding once it is loaded. */
export const BINDING_KEY = 'pump-monitor onnxruntime_binding'
