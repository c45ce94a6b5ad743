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
  readonly lastMs: number
  /** Only slots in which something was reported, in order. */
  readonly slots: readonly Slot[]
}

/** A stretch of time in equal slots. */
export interface Grid {
  readonly startMs: number
  readonly endMs: number
  readonly slots: number
  /** Reports up to this far apart are of one trouble: the status between them is that of the first. */
  readonly gapMs: number
}

/** Sorts anomalies into slots, a line per pump; takes them in any order. */
export function createTimeline({ startMs, endMs, slots }: Grid) {
  const pumps = new Map<
    string,
    { siteId: number; pumpId: number; name: string | null; lastMs: number; slots: Map<number, Slot> }
  >()
  const slotMs = Math.max(1, (endMs - startMs) / slots)
  return {
    add: (anomaly: Reported): void => {
      const { timeMs, status, siteId, pumpId } = anomaly
      if (timeMs < startMs || timeMs > endMs) return
      const key = pumpKey(anomaly)
      const line = pumps.get(key) ?? { siteId, pumpId, name: null, lastMs: timeMs, slots: new Map<number, Slot>() }
      line.name = pumpName(anomaly) ?? line.name
      line.lastMs = Math.max(line.lastMs, timeMs)
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
        .map(([pump, line]) => ({
          pump,
          name: line.name,
          lastMs: line.lastMs,
          slots: [...line.slots.values()].sort((a, b) => a.index - b.index),
        })),
  }
}

/** Slots side by side in which one status was held. */
export interface Run {
  readonly status: Severity
  readonly first: number
  last: number
}

/** Empty slots between two reports that may be of one trouble, where slots are shorter than the gap. */
export function bridgeOf({ startMs, endMs, slots, gapMs }: Grid): number {
  return Math.max(0, Math.floor((gapMs * slots) / Math.max(1, endMs - startMs)) - 1)
}

/** The status of a line over time, held from one report to the next unless they are too far apart. */
export function runsOf({ slots }: PumpLine, grid: Grid): readonly Run[] {
  const bridge = bridgeOf(grid)
  const runs: Run[] = []
  for (const { status, index } of slots) {
    const run = runs.at(-1)
    if (run !== undefined && index - run.last - 1 <= bridge) run.last = index - 1
    if (run !== undefined && run.status === status && run.last === index - 1) run.last = index
    else runs.push({ status, first: index, last: index })
  }
  return runs
}
