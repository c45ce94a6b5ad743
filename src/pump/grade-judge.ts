import type { Baseline } from './baseline.ts'
import { createEvidence, type Evidence, type EvidenceState } from './evidence.ts'
import type { Grade } from './grade.ts'
import type { Violation } from './judgement.ts'
import { type Deviations, PARAMETERS, type Parameter } from './quantities.ts'
import type { JudgementSettings } from './settings.ts'
import type { Confirmed } from './severity.ts'
import type { Bounds } from './tolerances.ts'
import { severityScale, violatedSide } from './violations.ts'

/** What the grade says of one reading. */
export interface GradeVerdict {
  readonly violations: Readonly<Partial<Record<Parameter, Violation>>>
  readonly confirmed: readonly Confirmed[]
}

export interface GradeJudge {
  judge(deviations: Deviations, reading: { readonly timeMs: number; readonly ms: number }): GradeVerdict
  state(): EvidenceStates
}

export type EvidenceStates = Readonly<Partial<Record<Parameter, EvidenceState>>>

/** The same object for every reading, so that nothing need be made or compared where nothing is found. */
const NOTHING_FOUND: GradeVerdict = { violations: {}, confirmed: [] }

interface Judged {
  readonly parameter: Parameter
  readonly bounds: Bounds
  readonly scale: number
  readonly evidence: Evidence
}

/**
 * Judges deviations by a grade, each parameter by its own evidence.
 *
 * On a curve head decides: flow at equal head is ill-conditioned, so it is confirmed only together with head and is
 * never the more severe of the two. A parameter that a reading lacks keeps what was confirmed of it. Source: ours.
 */
export function createGradeJudge(
  baseline: Baseline,
  grade: Grade,
  settings: JudgementSettings,
  saved: EvidenceStates | null,
): GradeJudge {
  const judged: Judged[] = PARAMETERS.flatMap((parameter) => {
    const bounds = grade.bounds[parameter]
    if (bounds === null) return []
    const measured = baseline.noise?.[parameter] ?? null
    const prior = { percent: measured ?? settings.noise[parameter], isMeasured: measured !== null }
    const evidence = createEvidence(bounds, prior, settings, saved?.[parameter] ?? null)
    return [{ parameter, bounds, scale: severityScale(bounds, grade.bounds.head), evidence }]
  })
  const head = judged.find(({ parameter }) => parameter === 'head')

  const confirmedOf = ({ parameter, bounds, scale, evidence }: Judged): Confirmed | null => {
    const own = evidence.verdict()
    if (own.confirmed === null) return null
    const severity = 1 + own.evidence / scale
    if (baseline.kind === 'point' || parameter !== 'flow') {
      return { mandatory: bounds.mandatory, severity, confirmedMs: own.confirmedMs }
    }
    const decides = head?.evidence.verdict()
    if (head === undefined || decides === undefined || decides.confirmed === null) return null
    return {
      mandatory: bounds.mandatory,
      severity: Math.min(severity, 1 + decides.evidence / head.scale),
      confirmedMs: Math.min(own.confirmedMs, decides.confirmedMs),
    }
  }

  return {
    judge(deviations, reading) {
      let isQuiet = true
      for (const { parameter, bounds, evidence } of judged) {
        const deviation = deviations[parameter]
        if (deviation !== null) {
          evidence.judge(deviation, reading)
          if (violatedSide(deviation, bounds) !== null) isQuiet = false
        }
        if (evidence.verdict().confirmed !== null) isQuiet = false
      }
      return isQuiet ? NOTHING_FOUND : verdictOn(deviations)
    },
    state: () => Object.fromEntries(judged.map(({ parameter, evidence }) => [parameter, evidence.state()])),
  }

  function verdictOn(deviations: Deviations): GradeVerdict {
    let verdict = NOTHING_FOUND
    for (const one of judged) {
      const found = confirmedOf(one)
      const deviation = deviations[one.parameter]
      const violation = deviation === null ? null : violationOf(deviation, one, found)
      if (found === null && violation === null) continue
      verdict = {
        violations: violation === null ? verdict.violations : { ...verdict.violations, [one.parameter]: violation },
        confirmed: found === null ? verdict.confirmed : [...verdict.confirmed, found],
      }
    }
    return verdict
  }
}

function violationOf(deviation: number, { bounds, evidence }: Judged, confirmed: Confirmed | null): Violation | null {
  const side = (confirmed === null ? null : evidence.verdict().confirmed) ?? violatedSide(deviation, bounds)
  const threshold = side === null ? null : bounds[side]
  if (side === null || threshold === null) return null
  return {
    deviation,
    threshold,
    threshold_type: side,
    mandatory: bounds.mandatory,
    confirmed: confirmed !== null,
    severity: confirmed?.severity ?? null,
  }
}
