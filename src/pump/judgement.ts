import type { DutyPoint } from './deviation.ts'
import type { Finding } from './finding.ts'
import type { Deviations, Parameter } from './quantities.ts'
import type { Status } from './status.ts'

/** A parameter outside its bounds, or confirmed to be so by the readings before. */
export interface Violation {
  /** Of this reading [%]. */
  readonly deviation: number
  /** The bound on the side of the violation [%]. */
  readonly threshold: number
  readonly threshold_type: 'min' | 'max'
  readonly mandatory: boolean
  /** The evidence reaches beyond the guard band and the pump's own variation. */
  readonly confirmed: boolean
  /** 1 + evidence/scale of a confirmed violation; null otherwise. */
  readonly severity: number | null
}

/** What is known of one reading. */
export interface Judgement {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number
  readonly status: Status
  /** Why the baseline did not judge the reading (it is off, starting, outside what was tested), in words; null when it did. */
  readonly reason: string | null
  /** What was measured or derived, in canonical units. */
  readonly measured: DutyPoint
  /** What the baseline says of this reading: its duty point, or the curves' values where the pump stands. */
  readonly reference: DutyPoint
  readonly deviations: Deviations
  readonly violations: Readonly<Partial<Record<Parameter, Violation>>>
  /** What was noticed of the pump's operation and of its sensors; their severities are in the status. */
  readonly findings: readonly Finding[]
}
