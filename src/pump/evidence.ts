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
  /** Takes the next deviation [%] and the running time that it stands for [ms]. */
  judge(reading: { readonly timeMs: number; readonly value: number; readonly ms: number }): Verdict
  verdict(): Verdict
  state(): EvidenceState
}

const NOTHING: Verdict = { confirmed: null, evidence: 0, confirmedMs: 0 }
const SIDES: readonly Side[] = ['min', 'max']
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
  const guard = settings.guard_band
  const zOf = (level: number): number => settings.z[Math.min(level, settings.z.length - 1)] ?? 0
  let distanceSum = saved?.distances.sum ?? 0
  let distanceCount = saved?.distances.count ?? 0
  let verdict = saved?.verdict ?? NOTHING
  let last = saved?.last ?? null
  let known = lookAtLevels()

  /** What the windows say; it changes only when a slot closes. */
  function lookAtLevels() {
    const cold = prior.isMeasured ? 1 : 1 + 1 / (1 + spread.slots() / COLD_SLOTS)
    const evidenceOf = (side: Side): number | null => {
      let most: number | null = null
      for (const [index, median] of levels.medians.entries()) {
        const beyond = median === null ? null : beyondBound(median, bounds, side)
        if (beyond === null) continue
        const e = beyond - guard - zOf(index + 1) * cold * (spread.values[index + 1] as number)
        if (most === null || e > most) most = e
      }
      return most
    }
    return {
      readingLimit: guard + zOf(0) * cold * (spread.values[0] as number),
      windows: { min: evidenceOf('min'), max: evidenceOf('max') },
      longest: levels.medians.findLast((median) => median !== null) ?? null,
      reference: levels.slots() < COLD_SLOTS ? null : levels.longestSoFar(),
    }
  }

  const closeSlot = (median: number, ms: number): void => {
    levels.push(rounded(median), ms)
    const reference = levels.slots() < COLD_SLOTS ? null : levels.longestSoFar()
    if (verdict.confirmed === null && reference !== null) {
      spread.learn({ ms, readingSum: distanceSum, readingCount: distanceCount, medians: levels.medians, reference })
    }
    distanceSum = 0
    distanceCount = 0
    known = lookAtLevels()
  }

  const isBack = (value: number, side: Side): boolean => {
    const beyond = beyondBound(value, bounds, side)
    return beyond === null || beyond <= guard / 2
  }

  return {
    judge({ timeMs, value, ms }) {
      if (known.reference !== null && verdict.confirmed === null) {
        distanceSum += clippedDistance(value, known.reference, spread.values[0] as number)
        distanceCount += 1
      }
      addToSlot(open, { timeMs, value: rounded(value), ms }, closeSlot)
      const alone = { min: minusLimit(beyondBound(value, bounds, 'min')), max: minusLimit(beyondBound(value, bounds, 'max')) }
      verdict = weigh(alone, ms, (side) => isBack(value, side) && (known.longest === null || isBack(known.longest, side)))
      last = alone
      return verdict
    },
    verdict: () => verdict,
    state: () => ({
      slots: levels.state(),
      open: { ...open, values: [...open.values] },
      distances: { sum: distanceSum, count: distanceCount },
      spread: spread.state(),
      verdict,
      last,
    }),
  }

  function minusLimit(beyond: number | null): number | null {
    return beyond === null ? null : beyond - known.readingLimit
  }

  function weigh(alone: Readonly<Record<Side, number | null>>, ms: number, backOn: (side: Side) => boolean): Verdict {
    const now = (side: Side): number => Math.max(alone[side] ?? -1, known.windows[side] ?? -1)
    const agreed = (side: Side): number => {
      const before = settings.mode === 'strict' ? Number.POSITIVE_INFINITY : (last?.[side] ?? -1)
      return Math.max(0, Math.min(alone[side] ?? -1, before), known.windows[side] ?? -1)
    }
    const side = SIDES.reduce<Side>((most, candidate) => (now(candidate) > now(most) ? candidate : most), 'min')
    if (now(side) > 0) {
      const confirmedMs = verdict.confirmed === null ? 0 : verdict.confirmedMs + ms
      return { confirmed: side, evidence: agreed(side), confirmedMs }
    }
    if (verdict.confirmed === null || backOn(verdict.confirmed)) return NOTHING
    return { confirmed: verdict.confirmed, evidence: 0, confirmedMs: verdict.confirmedMs + ms }
  }
}

/** The literal rule as the same evidence: no guard band, no windows, no allowance for variation. */
export function literally(settings: JudgementSettings): JudgementSettings {
  return { ...settings, guard_band: 0, windows_hours: [], z: [0] }
}
