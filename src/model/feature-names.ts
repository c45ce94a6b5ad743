import { nearestName } from '../nearest.ts'
import { PARAMETERS } from '../pump/quantities.ts'

/** What a window of readings is reduced to. */
const STATISTICS = ['mean', 'std', 'slope', 'min', 'max'] as const

export type Statistic = (typeof STATISTICS)[number]

/** Longest window [readings]; history of this length still fits into the state file. */
const MAX_WINDOW = 10_000

/** Source, deviation, statistic and window; read from the right, so that a channel's name may hold dots. */
const FEATURE = new RegExp(`^(.+?)(\\.deviation)?(?:\\.(${STATISTICS.join('|')})([1-9]\\d*))?$`)

/** One name of the feature catalogue, taken apart. */
export interface Feature {
  readonly name: string
  /** Canonical quantity or channel. */
  readonly source: string
  /** The deviation of the source from the baseline [%] instead of its value. */
  readonly deviation: boolean
  /** null: the value of the reading itself. */
  readonly statistic: Statistic | null
  /** Readings that the statistic looks at, the newest included; 1 without a statistic. */
  readonly window: number
}

/** A mistake in a list of feature names, for the packager to tell. */
export interface FeatureProblem {
  readonly path: string
  readonly what: string
  readonly mend: string
}

/** Takes `flow.deviation.mean24` apart; null when the name is not in the catalogue. */
export function parseFeatureName(name: string): Feature | null {
  const [, source, deviation, statistic = null, count] = FEATURE.exec(name) ?? []
  if (source === undefined) return null
  const window = statistic === null ? 1 : Number(count)
  const smallest = statistic === 'std' || statistic === 'slope' ? 2 : 1 // one reading has no scatter and no slope
  if (window > MAX_WINDOW || window < smallest) return null
  return { name, source, deviation: deviation !== undefined, statistic: statistic as Statistic | null, window }
}

/**
 * Checks a model's features before it is packaged.
 *
 * @param known canonical quantities and channels that the pump's readings carry
 */
export function checkFeatureNames(names: readonly string[], known: readonly string[]): FeatureProblem[] {
  const problems: FeatureProblem[] = []
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    const problem = seen.has(name) ? { what: `"${name}" is there twice`, mend: 'name each feature once' } : problemOf(name, known)
    seen.add(name)
    if (problem !== null) problems.push({ path: `features[${index}]`, ...problem })
  }
  return problems
}

function problemOf(name: string, known: readonly string[]): Omit<FeatureProblem, 'path'> | null {
  const feature = parseFeatureName(name)
  if (feature === null) {
    const mend = `write a quantity or channel, then .deviation if meant, then .mean<N>, .std<N>, .slope<N>, .min<N> or .max<N> (N up to ${MAX_WINDOW}; at least 2 for std and slope)`
    return { what: `"${name}" is not a feature`, mend }
  }
  const { source, deviation } = feature
  if (!known.includes(source)) {
    const near = nearestName(source, known)
    const mend = near === null ? `map "${source}" in the columns file; mapped are ${known.join(', ')}` : `did you mean "${near}"?`
    return { what: `"${name}" needs "${source}", which the columns do not give`, mend }
  }
  if (deviation && !(PARAMETERS as readonly string[]).includes(source)) {
    return { what: `"${name}": ${source} has no baseline to deviate from`, mend: `deviations exist of ${PARAMETERS.join(', ')}` }
  }
  return null
}
