import { isFailure, reasonOf } from '../src/failure.ts'

/** One thing that was checked, and the one line that says it. */
export interface Check {
  readonly name: string
  readonly outcome: 'ok' | 'failed' | 'skipped'
  readonly detail: string
}

/** What a step found; a step that throws has failed. */
type Finding = string | { readonly failed: string } | { readonly skipped: string }

/** Takes checks one after another; what builds on a failed one is to be left out by whoever calls. */
export function checkList() {
  const checks: Check[] = []
  return {
    checks: checks as readonly Check[],
    /** Whether it is well. */
    check: async (name: string, step: () => Promise<Finding> | Finding): Promise<boolean> => {
      checks.push({ name, ...(await findingOf(step)) })
      return checks.at(-1)?.outcome !== 'failed'
    },
  }
}

export type CheckList = ReturnType<typeof checkList>

async function findingOf(step: () => Promise<Finding> | Finding): Promise<Omit<Check, 'name'>> {
  try {
    const finding = await step()
    if (typeof finding === 'string') return { outcome: 'ok', detail: finding }
    if ('failed' in finding) return { outcome: 'failed', detail: finding.failed }
    return { outcome: 'skipped', detail: finding.skipped }
  } catch (error) {
    return { outcome: 'failed', detail: isFailure(error) ? error.message : reasonOf(error) }
  }
}
