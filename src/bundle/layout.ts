/** What a bundle's manifest says it is written in; a program refuses a higher number than its own. */
export const BUNDLE_SCHEMA_VERSION = 1

/** Where things lie in a pump bundle. */
export const ENTRY = {
  manifest: 'manifest.json',
  modelOnnx: 'model/model.onnx',
  /** The same model in the form that loads faster, where it has one. */
  modelQuick: 'model/quick.onnx',
  scaler: 'model/scaler.json',
  modelMetadata: 'model/metadata.json',
  baseline: 'config/baseline.json',
  tolerances: 'config/tolerances.json',
  columns: 'config/columns.json',
  deployment: 'config/deployment.json',
  /** What `deployment.json` may hold, by which the device checks an overlay. */
  deploymentSchema: 'config/deployment.schema.json',
  readme: 'README.md',
} as const
