/** Where this folder's messages go; the caller decides on form and level. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void
