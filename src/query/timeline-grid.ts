import { PARAMETERS, type Parameter } from '../pump/quantities.ts'
import { isWorse, type Severity } from '../pump/status.ts'
import { pumpKey, pumpName } from './pump-label.ts'
import type { Reported } from './reported.ts'

/** What was reported in one slot of time: the worst of it. */
export interface Slot {
  readonly index: number
  status: Severity
  anomalies: number
  /** Farthest from the baseline [%], of parameters that were named. */
  readonly deviations: Partial<Record<Parameter, number>>
}

export interface PumpLine {
  /** `site/pump`. */
  readonly pump: string
  readonly name: string | null
  /** Only slots in which something was reported, in order. */
  readonly slots: readonly Slot[]
}

/** A stretch of time in equal slots. */
export interface Grid {
  readonly startMs: number
  readonly endMs: number
  readonly slots: number
}

/** Sorts anomalies into slots, a line per pump; takes them in any order. */
export function createTimeline({ startMs, endMs, slots }: Grid) {
  const pumps = new Map<string, { siteId: number; pumpId: number; name: string | null; slots: Map<number, Slot> }>()
  const slotMs = Math.max(1, (endMs - startMs) / slots)
  return {
    add: (anomaly: Reported): void => {
      const { timeMs, status, siteId, pumpId } = anomaly
      if (timeMs < startMs || timeMs > endMs) return
      const key = pumpKey(anomaly)
      const line = pumps.get(key) ?? { siteId, pumpId, name: null, slots: new Map<number, Slot>() }
      line.name = pumpName(anomaly) ?? line.name
      const index = Math.min(slots - 1, Math.floor((timeMs - startMs) / slotMs))
      const slot = line.slots.get(index) ?? { index, status, anomalies: 0, deviations: {} }
      slot.anomalies += 1
      if (isWorse(status, slot.status)) slot.status = status
      for (const parameter of PARAMETERS) {
        const deviation = anomaly.deviations[parameter]
        if (deviation === null || !anomaly.parameters.includes(parameter)) continue
        if (Math.abs(deviation) >= Math.abs(slot.deviations[parameter] ?? 0)) slot.deviations[parameter] = deviation
      }
      line.slots.set(index, slot)
      pumps.set(key, line)
    },
    /** By site and pump. */
    lines: (): readonly PumpLine[] =>
      [...pumps]
        .sort(([, a], [, b]) => a.siteId - b.siteId || a.pumpId - b.pumpId)
        .map(([pump, line]) => ({ pump, name: line.name, slots: [...line.slots.values()].sort((a, b) => a.index - b.index) })),
  }
}
