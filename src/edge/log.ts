import { isoTime } from '../iso-time.ts'

/** Levels of log lines, from loud to quiet. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

export type Log = (level: LogLevel, message: string) => void

/** Where a command logs, and how it keeps a secret out of it. */
export interface Logging {
  readonly log: Log
  readonly hide: (secret: string) => void
}

/**
 * Log lines on stderr, one line each, at the level asked for and louder. Secrets that were handed to `hide` never
 * appear. `text` is for a person, `json` for a log collector.
 */
export function createLog(
  { logFormat, logLevel }: { readonly logFormat: 'text' | 'json'; readonly logLevel: LogLevel },
  { stderr, nowMs }: { readonly stderr: (text: string) => void; readonly nowMs: () => number },
): Logging {
  const secrets: string[] = []
  const loudest = LOG_LEVELS.indexOf(logLevel)
  const log: Log = (level, message) => {
    if (LOG_LEVELS.indexOf(level) > loudest) return
    const shown = secrets.reduce((text, secret) => text.replaceAll(secret, '[hidden]'), message).replaceAll(/\s*[\r\n]+\s*/g, ' ')
    stderr(
      logFormat === 'json' ? `${JSON.stringify({ time: isoTime(nowMs()), level, message: shown })}\n` : `${level}: ${shown}\n`,
    )
  }
  return {
    log,
    hide: (secret) => {
      if (secret.length > 0) secrets.push(secret)
    },
  }
}
