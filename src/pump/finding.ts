import type { Quantity } from './quantities.ts'
import type { Severity } from './status.ts'

/** Something noticed about a pump or its sensors that is no deviation, or what the deviations together hint at. */
export interface Finding {
  readonly kind: 'operation' | 'region' | 'sensor' | 'vibration' | 'hint'
  /** The quantity or channel that it is about. */
  readonly subject: Quantity | (string & {})
  /** What it adds to the status; Normal as long as it is only noted. */
  readonly severity: Severity
  /** Plain words, values and units included. */
  readonly text: string
  /** Where the limit comes from. */
  readonly source: string
}

/** Of most readings: the same object, so that nothing need be made or compared. */
export const NO_FINDINGS: readonly Finding[] = []

/** How long something has been so without a break. JSON. */
export interface Lasting {
  readonly ms: number
  readonly readings: number
}

export const NOT_LASTING: Lasting = { ms: 0, readings: 0 }

/** One reading later; the first one stands for no time yet. */
export function prolonged(before: Lasting, isSo: boolean, ms: number): Lasting {
  if (!isSo) return NOT_LASTING
  return { ms: before.readings === 0 ? 0 : before.ms + ms, readings: before.readings + 1 }
}
