import { createLevels, type SlotHistory } from './levels.ts'
import type { JudgementSettings } from './settings.ts'
import { addToSlot, emptySlot, type OpenSlot } from './slots.ts'
import { clippedDistance, createSpread, rounded, type SpreadState } from './spread.ts'
import type { Bounds } from './tolerances.ts'
import { beyondBound, type Side } from './violations.ts'

const HOUR_MS = 3_600_000

/** What is known of one parameter after a reading. */
export interface Verdict {
  /** The side on which a violation is confirmed; null when none is. */
  readonly confirmed: Side | null
  /** Evidence that more than this reading bears out [percentage points]; 0 when there is none. */
  readonly evidence: number
  /** Running time since it was confirmed [ms]. */
  readonly confirmedMs: number
}

/** Everything that the judgement of one parameter remembers. JSON. */
export interface EvidenceState {
  readonly slots: SlotHistory
  readonly open: OpenSlot
  /** Distances of the open slot's readings from the longest level, while normal. */
  readonly distances: { readonly sum: number; readonly count: number }
  readonly spread: SpreadState
  readonly verdict: Verdict
  /** Evidence of the last reading by itself, on either side; null before the first. */
  readonly last: Readonly<Record<Side, number | null>> | null
}

export interface Evidence {
  /** Takes the next deviation [%]: when it was, and the running time that it stands for [ms]. */
  judge(deviation: number, reading: { readonly timeMs: number; readonly ms: number }): void
  verdict(): Verdict
  state(): EvidenceState
}

/** Evidence where nothing can be said: less than any. */
const NONE = Number.NEGATIVE_INFINITY
const NOTHING: Verdict = { confirmed: null, evidence: 0, confirmedMs: 0 }
/** Slots before which a longest level is no reference yet, and after which half the caution of a cold start is gone. */
const COLD_SLOTS = 12

/**
 * Whether a parameter lies outside its grade beyond guard band and the variation that is its own.
 *
 *     e = max over the levels of (beyond − guard − z·s)
 *
 * Levels: the reading, and rolling medians over windows of running time; beyond, how far a level lies outside its
 * bound; s the spread of that level; z from reading to longest window. Confirmed when e > 0. Cleared when e ≤ 0 and
 * both the longest level there is and the reading are back within bound + guard/2: the reading too, or a step that
 * the longest median has not followed yet would come and go with the noise. What one reading says alone counts only
 * as far as the one before it agrees, so a single wild reading is confirmed but never severe. Before a parameter's
 * variation is known (n slots learned from) every spread is taken 1 + 1/(1 + n/12) times as wide,
 * unless it was measured with the baseline.
 * Result in percentage points of deviation. Source: ours.
 */
export function createEvidence(
  bounds: Bounds,
  prior: { readonly percent: number; readonly isMeasured: boolean },
  settings: JudgementSettings,
  saved: EvidenceState | null,
): Evidence {
  const windowsMs = settings.windows_hours.map((hours) => Math.round(hours * HOUR_MS))
  const levels = createLevels(windowsMs, saved?.slots ?? null)
  const spread = createSpread(
    { prior: prior.percent, priorWeight: settings.prior_weight_windows, windowsMs, periods: settings.spread_days },
    saved?.spread ?? null,
  )
  const open: OpenSlot = saved === null ? emptySlot() : { ...saved.open, values: [...saved.open.values] }
  const distances = { sum: saved?.distances.sum ?? 0, count: saved?.distances.count ?? 0 }
  const guard = settings.guard_band
  const zOf = (level: number): number => settings.z[Math.min(level, settings.z.length - 1)] ?? 0
  let verdict = saved?.verdict ?? NOTHING
  // Without a bound or a reading before there is no evidence at all.
  const last = { min: saved?.last?.min ?? NONE, max: saved?.last?.max ?? NONE }
  let isFirst = saved?.last == null
  let known = lookAtLevels()

  /** What the windows say; it changes only when a slot closes. */
  function lookAtLevels() {
    const cold = prior.isMeasured ? 1 : 1 + 1 / (1 + spread.slots() / COLD_SLOTS)
    const windows = { min: NONE, max: NONE }
    let longest: number | null = null
    for (let index = 0; index < levels.medians.length; index++) {
      const median = levels.medians[index] as number | null
      if (median === null) continue
      longest = median
      const width = zOf(index + 1) * cold * (spread.values[index + 1] as number)
      windows.min = Math.max(windows.min, beyondBound(median, bounds, 'min') - guard - width)
      windows.max = Math.max(windows.max, beyondBound(median, bounds, 'max') - guard - width)
    }
    const readingLimit = guard + zOf(0) * cold * (spread.values[0] as number)
    return { readingLimit, windows, longest, reference: levels.slots() < COLD_SLOTS ? null : levels.longestSoFar() }
  }

  const closeSlot = (median: number, ms: number): void => {
    levels.push(rounded(median), ms)
    const reference = levels.slots() < COLD_SLOTS ? null : levels.longestSoFar()
    if (verdict.confirmed === null && reference !== null) {
      const { sum: readingSum, count: readingCount } = distances
      spread.learn({ ms, readingSum, readingCount, medians: levels.medians, reference })
    }
    distances.sum = 0
    distances.count = 0
    known = lookAtLevels()
  }

  return {
    judge(deviation, reading) {
      const { ms } = reading
      if (known.reference !== null && verdict.confirmed === null) {
        distances.sum += clippedDistance(deviation, known.reference, spread.values[0] as number)
        distances.count += 1
      }
      addToSlot(open, rounded(deviation), reading, closeSlot)
      const min = beyondBound(deviation, bounds, 'min') - known.readingLimit
      const max = beyondBound(deviation, bounds, 'max') - known.readingLimit
      const below = Math.max(min, known.windows.min)
      const above = Math.max(max, known.windows.max)
      if (above > 0 && above > below) verdict = confirmed('max', max, ms)
      else if (below > 0) verdict = confirmed('min', min, ms)
      else if (verdict.confirmed !== null) verdict = remaining(deviation, verdict.confirmed, ms)
      last.min = min
      last.max = max
      isFirst = false
    },
    verdict: () => verdict,
    state: () => ({
      slots: levels.state(),
      open: { ...open, values: [...open.values] },
      distances: { ...distances },
      spread: spread.state(),
      verdict,
      last: isFirst ? null : { min: bounds.min === null ? null : last.min, max: bounds.max === null ? null : last.max },
    }),
  }

  function confirmed(side: Side, alone: number, ms: number): Verdict {
    const before = settings.mode === 'strict' ? Number.POSITIVE_INFINITY : last[side]
    const evidence = Math.max(0, Math.min(alone, before), known.windows[side])
    return { confirmed: side, evidence, confirmedMs: verdict.confirmed === null ? 0 : verdict.confirmedMs + ms }
  }

  /** What was confirmed stays so without evidence until the reading and the longest level are back. */
  function remaining(deviation: number, side: Side, ms: number): Verdict {
    const isBack = (value: number): boolean => beyondBound(value, bounds, side) <= guard / 2
    if (isBack(deviation) && (known.longest === null || isBack(known.longest))) return NOTHING
    return { confirmed: side, evidence: 0, confirmedMs: verdict.confirmedMs + ms }
  }
}

/** The literal rule as the same evidence: no guard band, no windows, no allowance for variation. */
export function literally(settings: JudgementSettings): JudgementSettings {
  return { ...settings, guard_band: 0, windows_hours: [], z: [0] }
}
