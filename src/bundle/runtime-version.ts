declare const PUMP_MONITOR_RUNTIME_VERSION: string | undefined

/** Version of the program in this executable, written into it when it is built; `development` outside of one. */
export const runtimeVersion = typeof PUMP_MONITOR_RUNTIME_VERSION === 'string' ? PUMP_MONITOR_RUNTIME_VERSION : 'development'
