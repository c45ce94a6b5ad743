import type { Baseline } from './baseline.ts'
import type { Finding } from './finding.ts'
import type { Judgement } from './judgement.ts'
import { PARAMETERS, type Parameter } from './quantities.ts'

/** What a pattern of deviations is consistent with; never a verdict. */
interface Hint {
  /** Continues the words "consistent with". */
  readonly text: string
  readonly source: string
}

/** What of a judgement the hints look at. */
type Compared = Pick<Judgement, 'deviations' | 'violations'>

type Course = 'down' | 'same' | 'up'

/** Deviations up to the first count as none, from the second on as a course; between them nothing is known [%]. Ours. */
const SAME_PERCENT = 2
const CLEAR_PERCENT = 5
/** Suction pressure below which cavitation or gas is thought of first: 3 m below the atmosphere [bar]. Ours. */
const LOW_SUCTION_BAR = -0.3

const TROUBLES = 'Karassik et al., Pump Handbook, table of centrifugal pump troubles'
const HEAD_FLOW = 'Beebe, Predictive Maintenance of Pumps Using Condition Monitoring (2004), head-flow method'

interface Pattern extends Hint {
  readonly courses: Readonly<Partial<Record<Parameter, Course>>>
  readonly suctionIsLow?: true
}

/** At equal flow, from the most telling to the least; a pattern fits when every course that it names is known and equal. */
const ON_CURVE: readonly Pattern[] = [
  {
    courses: { head: 'down' },
    suctionIsLow: true,
    text: 'cavitation or gas in the liquid: suction pressure is low and head is lost',
    source: TROUBLES,
  },
  {
    courses: { head: 'down', power: 'down' },
    text: 'an impeller that is clogged, worn down or too small, a lower speed, or gas in the liquid: head and power are both down',
    source: TROUBLES,
  },
  {
    courses: { head: 'down', power: 'up' },
    text: 'internal leakage through worn rings together with mechanical drag: head is lost and more power is taken',
    source: HEAD_FLOW,
  },
  {
    courses: { head: 'down', power: 'same' },
    text: 'internal leakage through worn rings or a worn impeller: head is lost at the same power',
    source: HEAD_FLOW,
  },
  { courses: { head: 'down' }, text: 'wear, gas in the liquid or a lower speed: head is lost at equal flow', source: HEAD_FLOW },
  {
    courses: { head: 'up', power: 'up' },
    text: 'a higher speed than was read, a larger impeller, or a flow meter that reads low: head and power are both up',
    source: TROUBLES,
  },
  {
    courses: { head: 'same', power: 'up' },
    text: 'mechanical drag (bearings, rubbing, packing too tight) or a denser liquid: head is as it was and more power is taken',
    source: TROUBLES,
  },
  {
    courses: { head: 'same', efficiency: 'down' },
    text: 'losses of bearings, motor or drive: head is as it was and efficiency is down',
    source: TROUBLES,
  },
]

/** Against a single point, where the system moves the pump as well. */
const AT_POINT: readonly Pattern[] = [
  {
    courses: { flow: 'down', head: 'down' },
    suctionIsLow: true,
    text: 'cavitation, gas or a clogged suction: flow and head are lost and suction pressure is low',
    source: TROUBLES,
  },
  {
    courses: { flow: 'down', head: 'up' },
    text: 'more resistance behind the pump (a throttled or clogged discharge): flow is down and head is up, as on the pump’s own curve',
    source: TROUBLES,
  },
  {
    courses: { flow: 'up', head: 'down' },
    text: 'less resistance behind the pump (an open bypass, a burst, one more consumer): flow is up and head is down, as on the pump’s own curve',
    source: TROUBLES,
  },
  {
    courses: { flow: 'down', head: 'down', power: 'down' },
    text: 'a lower speed, a clogged suction or impeller, or gas in the liquid: flow, head and power are all down',
    source: TROUBLES,
  },
  {
    courses: { flow: 'down', head: 'down' },
    text: 'internal leakage through worn rings, a worn or clogged impeller, or gas in the liquid: flow and head are both down',
    source: HEAD_FLOW,
  },
  {
    courses: { flow: 'up', head: 'up', power: 'up' },
    text: 'a higher speed than rated: flow, head and power are all up',
    source: TROUBLES,
  },
  {
    courses: { flow: 'same', head: 'same', power: 'up' },
    text: 'mechanical drag (bearings, rubbing, packing too tight) or a denser liquid: the duty is as it was and more power is taken',
    source: TROUBLES,
  },
]

/**
 * What the confirmed violations of a reading, taken together, are consistent with; null when nothing is confirmed or
 * no known pattern fits. A parameter has a course when it is confirmed, lies 5 % or more off (grades do not bound power
 * from below) or within 2 % of what is expected; all others are unknown and no pattern that names them fits. Source: given with each hint.
 */
export function hintFor(judgement: Compared, kind: Baseline['kind'], suctionBar: number | null): Finding | null {
  // On a curve head decides, and flow at equal head only follows.
  const order: readonly Parameter[] = kind === 'curve' ? ['head', 'power', 'efficiency', 'flow'] : PARAMETERS
  const subject = order.find((parameter) => judgement.violations[parameter]?.confirmed === true)
  if (subject === undefined) return null
  const courses = Object.fromEntries(PARAMETERS.map((parameter) => [parameter, courseOf(judgement, parameter)]))
  const suctionIsLow = suctionBar !== null && suctionBar < LOW_SUCTION_BAR
  const pattern = (kind === 'curve' ? ON_CURVE : AT_POINT).find(
    (candidate) =>
      (candidate.suctionIsLow === undefined || suctionIsLow) &&
      Object.entries(candidate.courses).every(([parameter, course]) => courses[parameter] === course),
  )
  if (pattern === undefined) return null
  return { kind: 'hint', subject, severity: 'Normal', text: `consistent with ${pattern.text}`, source: pattern.source }
}

function courseOf({ deviations, violations }: Compared, parameter: Parameter): Course | null {
  const deviation = deviations[parameter]
  if (deviation === null) return null
  const violation = violations[parameter]
  if (violation?.confirmed === true) return violation.threshold_type === 'min' ? 'down' : 'up'
  if (Math.abs(deviation) <= SAME_PERCENT) return 'same'
  if (Math.abs(deviation) < CLEAR_PERCENT) return null
  return deviation < 0 ? 'down' : 'up'
}
