import { createOffsets } from '../readings/time-zone.ts'

/** Prints instants in one zone. */
export interface Instants {
  readonly zone: string
  /** `2026-11-01 06:00`. */
  readonly minute: (ms: number) => string
  /** `2026-11-01`. */
  readonly day: (ms: number) => string
  /** Hour 0 to 23 and weekday, 0 is Monday. */
  readonly slotOf: (ms: number) => { readonly hour: number; readonly weekday: number }
}

export function createInstants(zone: string): Instants {
  const offsetAt = createOffsets(zone)
  const local = (ms: number) => new Date(ms + offsetAt(ms))
  return {
    zone,
    minute: (ms) => local(ms).toISOString().slice(0, 16).replace('T', ' '),
    day: (ms) => local(ms).toISOString().slice(0, 10),
    slotOf: (ms) => {
      const at = local(ms)
      return { hour: at.getUTCHours(), weekday: (at.getUTCDay() + 6) % 7 }
    },
  }
}
