import type { Severity } from '../pump/status.ts'
import type { CommonOptions } from './options.ts'
import type { ResultsFormat } from './results-output.ts'

/** One call of `run`, checked. */
export interface RunRequest {
  readonly common: CommonOptions
  /** A file, a directory, or `-` for standard input; several files are one batch. */
  readonly inputs: readonly string[]
  /** null: the results folder of the state directory. */
  readonly output: string | null
  readonly format: ResultsFormat
  /** Whether anomalies are spooled and sent and the state goes on; otherwise the run only judges. */
  readonly keeps: boolean
  /** Judge everything anew, from an empty history. */
  readonly afresh: boolean
  /** Exit with 2 when a judged reading of this run is at least as bad. */
  readonly failOn: Severity | null
}
