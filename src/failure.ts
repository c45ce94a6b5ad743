/**
 * Every way this project ends on purpose with an error: one class per exit code. A message is one line
 * that says where, what and how to mend it; the stack is for `--log-level debug` only.
 *
 * Exit codes follow sysexits.h where it has one that fits.
 */

export const EXIT = {
  ok: 0,
  failOn: 2,
  usage: 64,
  input: 65,
  unavailable: 69,
  internal: 70,
  output: 73,
  busy: 75,
  configuration: 78,
} as const

export interface FailureText {
  /** The file, option, key or address at fault. */
  where: string
  /** What is wrong, in one clause. */
  what: string
  /** What the reader should do about it. */
  mend: string
  cause?: unknown
}

abstract class Failure extends Error {
  abstract readonly exitCode: number
  readonly text: FailureText
  constructor(text: FailureText) {
    super(failureLine(text), { cause: text.cause })
    this.text = text
    this.name = new.target.name
  }
}

/** A failure as its one line. */
export function failureLine({ where, what, mend }: FailureText): string {
  return `${where}: ${what}; ${mend}`.replaceAll(/\s*[\r\n]+\s*/g, ' ')
}

/** Every line that a failure prints, one per mistake. */
export function failureLines(failure: Failure): string[] {
  const others = failure instanceof ConfigurationFailure ? failure.others : []
  return [failure.message, ...others.map(failureLine)]
}

/** The command line is wrong. */
export class UsageFailure extends Failure {
  readonly exitCode = EXIT.usage
}

/** The input cannot be read as data. */
export class InputFailure extends Failure {
  readonly exitCode = EXIT.input
}

/** A server that is asked does not answer, after all tries. */
export class UnavailableFailure extends Failure {
  readonly exitCode = EXIT.unavailable
}

/** State or output cannot be written. */
export class OutputFailure extends Failure {
  readonly exitCode = EXIT.output
}

/** Another run holds the lock. */
export class BusyFailure extends Failure {
  readonly exitCode = EXIT.busy
}

/** The bundle, a configuration file, a model or a token source is wrong; `others` are mistakes found beside the first. */
export class ConfigurationFailure extends Failure {
  readonly exitCode = EXIT.configuration
  readonly others: readonly FailureText[]
  constructor(text: FailureText, others: readonly FailureText[] = []) {
    super(text)
    this.others = others
  }
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Failure
}

/** The text of anything thrown, on one line and without a stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim()
}
