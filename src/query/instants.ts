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

const HOUR_MS = 3_600_000

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

/** A length of time for people: `45 min`, `3.5 h`, `12 d`. */
export function lengthInWords(ms: number): string {
  if (ms < HOUR_MS) return `${Math.round(ms / 60_000)} min`
  if (ms < 48 * HOUR_MS) return `${Number((ms / HOUR_MS).toFixed(1))} h`
  return `${Number((ms / (24 * HOUR_MS)).toFixed(1))} d`
}
