import { nearestName } from '../nearest.ts'
import { gradesByApplication, LARGE_PUMP_KW } from './applications.ts'
import { PARAMETERS, type Parameter, type PerParameter } from './quantities.ts'
import { ratedPowerKw } from './settings.ts'
import { SMALL_PUMP_KW, smallPumpBounds } from './small-pump.ts'
import type { Bounds, Tolerances } from './tolerances.ts'

/** The grade that a pump is judged by. */
export interface Grade {
  readonly name: string
  /** Bounds of the deviations [%]; null where the grade does not limit a parameter. */
  readonly bounds: PerParameter<Bounds | null>
  /** Why this grade, in words. */
  readonly reason: string
}

/** What of a pump chooses its grade. */
export interface GradedPump {
  readonly tolerance_category: string | null
  readonly application: string | null
  /** [hp] */
  readonly horsepower: number | null
  readonly rated_power_kw: number | null
}

export type GradeChoice =
  | { readonly kind: 'grade'; readonly grade: Grade }
  | { readonly kind: 'unknown'; readonly what: string; readonly mend: string }

/** What of the baseline stands in where the deployment is silent. */
export interface GradedBaseline {
  readonly application: string | null
  readonly rated_power_kw: number | null
  readonly power_kw: number | null
}

/**
 * The stated category; without one the tolerances of small pumps up to 10 kW, else the grade that is usual for the
 * application and the power. Power: rated, else the baseline's. An unknown application counts as general industry,
 * an unknown power as 10 to 100 kW. Source: ISO 9906:2012, 4.4; ANSI/HI 14.6 for the defaults.
 */
export function chooseGrade(tolerances: Tolerances, pump: GradedPump, baseline: GradedBaseline): GradeChoice {
  const stated = pump.tolerance_category
  if (stated !== null) return categoryOf(tolerances, stated, 'stated by the deployment')
  const powerKw = ratedPowerKw(pump) ?? baseline.rated_power_kw ?? baseline.power_kw
  if (powerKw !== null && powerKw <= SMALL_PUMP_KW) {
    const reason = `${round(powerKw)} kW, and no category is stated: ISO 9906 for pumps of ${SMALL_PUMP_KW} kW or less`
    return { kind: 'grade', grade: { name: 'small pump', bounds: smallPumpBounds(powerKw), reason } }
  }
  const application = pump.application ?? baseline.application
  const grades = gradesByApplication(application ?? '')
  const large = powerKw !== null && powerKw > LARGE_PUMP_KW
  const size = powerKw === null ? 'power unknown' : `${round(powerKw)} kW`
  const reason = `no category is stated: ANSI/HI 14.6 for ${application ?? 'an unknown application'}, ${size}`
  return categoryOf(tolerances, large ? grades.over100Kw : grades.upTo100Kw, reason)
}

function categoryOf(tolerances: Tolerances, name: string, reason: string): GradeChoice {
  const known = Object.keys(tolerances.categories)
  const match = known.find((candidate) => candidate.toLowerCase() === name.trim().toLowerCase())
  const category = match === undefined ? undefined : tolerances.categories[match]
  if (match === undefined || category === undefined) {
    const near = nearestName(name, known)
    const mend =
      near === null || reason !== 'stated by the deployment' ? `state one of ${known.join(', ')}` : `did you mean ${near}?`
    return { kind: 'unknown', what: `no category ${name} in the tolerances (${reason})`, mend }
  }
  const bounds = Object.fromEntries(PARAMETERS.map((parameter) => [parameter, boundsOf(category.tolerances[parameter])]))
  return { kind: 'grade', grade: { name: match, bounds: bounds as Record<Parameter, Bounds | null>, reason } }
}

type StatedBound = Tolerances['categories'][string]['tolerances'][Parameter]

/** ±999 and beyond stand for no bound in the files that sites have. */
const NO_BOUND = 999

function boundsOf(stated: StatedBound): Bounds | null {
  if (stated === undefined) return null
  const min = stated.min_deviation <= -NO_BOUND ? null : stated.min_deviation
  const max = stated.max_deviation >= NO_BOUND ? null : stated.max_deviation
  return min === null && max === null ? null : { min, max, mandatory: stated.mandatory }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
