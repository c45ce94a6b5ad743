import { writeDurably } from '../state/durable.ts'
import { readText } from '../state/read-text.ts'

/** What the bounds on disk space have cost so far; nothing else ever removes an anomaly that was not delivered. */
export interface Losses {
  /** Waiting anomalies by status. */
  readonly unsent: Readonly<Record<string, number>>
  readonly rejected: number
  readonly damaged: number
}

const NONE: Losses = { unsent: {}, rejected: 0, damaged: 0 }

/** The counts so far; a file that is missing or damaged counts from zero. */
export function readLosses(path: string): Losses {
  try {
    return { ...NONE, ...(JSON.parse(readText(path)) as Losses) }
  } catch {
    return NONE
  }
}

/** Throws OutputFailure. */
export function addLosses(path: string, more: Losses): void {
  const before = readLosses(path)
  const unsent: Record<string, number> = { ...before.unsent }
  for (const [status, count] of Object.entries(more.unsent)) unsent[status] = (unsent[status] ?? 0) + count
  const sum: Losses = { unsent, rejected: before.rejected + more.rejected, damaged: before.damaged + more.damaged }
  writeDurably(path, `${JSON.stringify(sum, null, 2)}\n`, { mode: 0o600 })
}
