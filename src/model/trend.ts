import type { Deviations, Parameter, PerParameter } from '../pump/quantities.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { median, theilSen } from './theil-sen.ts'

/** Deviations at which the pump counts as failed [%]; null on a side: none there. */
export type FailureLimits = PerParameter<{ readonly min: number | null; readonly max: number | null } | null>

/** What the course of the deviations says of the remaining useful life. */
export interface TrendLife {
  readonly rul_days: number
  /** 90 % interval; an open end is null. */
  readonly rul_interval: readonly [number, number | null]
  /** The parameter that reaches its limit first. */
  readonly parameter: Parameter
}

/** What the next run must know; JSON. */
export interface TrendState {
  /** Medians of past blocks, oldest first. */
  readonly blocks: readonly { readonly start_ms: number; readonly values: Deviations }[]
  /** Readings of the block that is still filling. */
  readonly open: { readonly start_ms: number; readonly slot: number; readonly values: PerParameter<readonly number[]> } | null
}

export interface Trend {
  /** Takes the deviations of the next running reading, in time order. */
  push(timeMs: number, deviations: Deviations): TrendLife | null
  state(): TrendState
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Readings become medians of blocks of this length. Ours. */
const BLOCK_MS = 6 * HOUR_MS
/** Of readings oftener than this, the first of each slot counts, so that state stays small. Ours. */
const SLOT_MS = 300_000
/** The line is laid through the blocks of this time: longer blunts what accelerates, shorter drowns in noise. Ours. */
const WINDOW_MS = 5 * DAY_MS
const FEWEST_BLOCKS = 12
/** Normal quantile of the slope's interval, raised from 1.645 since neighbouring blocks depend on each other. Ours. */
const SLOPE_Z = 2.5
/** A line that moves less than this within the window is no trend [percentage points]. Ours. */
const LEAST_CHANGE = 1.5
/** Lives beyond this are no statement. Ours. */
const HORIZON_DAYS = 30
/**
 * The 90 % interval of the true life as shares of what the line says, measured on 200 synthetic lives of
 * fixtures/simulator: wear accelerates, so a straight line says too much.
 */
const INTERVAL_SHARES = [0.28, 1.6] as const

/**
 * The remaining useful life by the course of the worst parameter: a Theil–Sen line through the block medians of its
 * deviation, prolonged to its failure limit. null while there is no trend towards one: too few blocks, a slope whose
 * interval holds zero, a change that is small, or a limit that is far.
 */
export function createTrend(limits: FailureLimits, saved: TrendState | null): Trend {
  let blocks = [...(saved?.blocks ?? [])]
  let open = saved?.open == null ? null : { ...saved.open, values: copied(saved.open.values) }
  let found = worstOf(blocks, limits)

  const close = (): void => {
    if (open === null) return
    const { start_ms, values } = open
    const medians = Object.fromEntries(PARAMETERS.map((p) => [p, values[p].length === 0 ? null : median(values[p])]))
    blocks.push({ start_ms, values: medians as Deviations })
    blocks = blocks.filter((block) => block.start_ms > start_ms - WINDOW_MS)
    found = worstOf(blocks, limits)
  }

  return {
    push(timeMs, deviations) {
      const start = Math.floor(timeMs / BLOCK_MS) * BLOCK_MS
      if (open === null || open.start_ms !== start) {
        close()
        open = { start_ms: start, slot: -1, values: { flow: [], head: [], power: [], efficiency: [] } }
      }
      const slot = Math.floor(timeMs / SLOT_MS)
      if (slot !== open.slot) {
        open.slot = slot
        for (const parameter of PARAMETERS) {
          const value = deviations[parameter]
          if (value !== null) open.values[parameter].push(value + 0)
        }
      }
      return found === null ? null : lifeAt(timeMs, found)
    },
    state: () => ({ blocks, open }),
  }
}

interface Crossing {
  readonly parameter: Parameter
  /** When the line reaches the limit, and when the steepest and the flattest line of the interval do (null: never). */
  readonly atMs: number
  readonly earliestMs: number
  readonly latestMs: number | null
}

function lifeAt(timeMs: number, { parameter, atMs, earliestMs, latestMs }: Crossing): TrendLife {
  const days = (ms: number) => Math.max(0, (ms - timeMs) / DAY_MS)
  const rul = days(atMs)
  const low = Math.min(days(earliestMs), INTERVAL_SHARES[0] * rul)
  const high = latestMs === null ? null : Math.max(days(latestMs), INTERVAL_SHARES[1] * rul)
  return { rul_days: rul, rul_interval: [low, high], parameter }
}

function worstOf(blocks: TrendState['blocks'], limits: FailureLimits): Crossing | null {
  const crossings = PARAMETERS.flatMap((parameter) => crossingOf(blocks, parameter, limits[parameter]) ?? [])
  return crossings.reduce<Crossing | null>((first, next) => (first === null || next.atMs < first.atMs ? next : first), null)
}

function crossingOf(blocks: TrendState['blocks'], parameter: Parameter, limit: FailureLimits[Parameter]): Crossing | null {
  const measured = blocks.filter((block) => block.values[parameter] !== null)
  const newest = measured.at(-1)
  if (limit === null || newest === undefined || measured.length < FEWEST_BLOCKS) return null
  const nowMs = newest.start_ms + BLOCK_MS / 2
  const x = measured.map((block) => (block.start_ms + BLOCK_MS / 2 - nowMs) / DAY_MS)
  const line = theilSen(
    x,
    measured.map((block) => block.values[parameter] as number),
    SLOPE_Z,
  )
  if (!line.isClear) return null
  const falls = line.slopeHigh < 0
  const bound = falls ? limit.min : limit.max
  if (bound === null || Math.abs(line.slope * (x[0] as number)) < LEAST_CHANGE) return null
  const left = bound - line.intercept
  const [steep, flat] = falls ? [line.slopeLow, line.slopeHigh] : [line.slopeHigh, line.slopeLow]
  const daysAt = (slope: number) => Math.max(0, left / slope)
  if (daysAt(line.slope) > HORIZON_DAYS) return null
  const at = (days: number) => nowMs + days * DAY_MS
  const latest = daysAt(flat)
  return {
    parameter,
    atMs: at(daysAt(line.slope)),
    earliestMs: at(daysAt(steep)),
    latestMs: latest > 4 * HORIZON_DAYS ? null : at(latest),
  }
}

function copied(values: PerParameter<readonly number[]>): Record<Parameter, number[]> {
  return { flow: [...values.flow], head: [...values.head], power: [...values.power], efficiency: [...values.efficiency] }
}
