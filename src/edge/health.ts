import { isFailure, reasonOf } from '../failure.ts'

/** One line of `doctor`: what was looked at, how it is, and the mend when it is not well. */
export interface Health {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
  readonly mend: string | null
}

export const ok = (check: string, text: string): Health => ({ check, level: 'ok', text, mend: null })
export const warn = (check: string, text: string, mend: string): Health => ({ check, level: 'warn', text, mend })
export const fail = (check: string, text: string, mend: string): Health => ({ check, level: 'fail', text, mend })

/** What a check finds; whatever it throws is a failed check. */
export async function examine(check: string, look: () => Health | Promise<Health>): Promise<Health> {
  try {
    return await look()
  } catch (error) {
    if (isFailure(error)) return fail(check, `${error.text.where}: ${error.text.what}`, error.text.mend)
    return fail(check, reasonOf(error), 'report this with the output of info --json')
  }
}
