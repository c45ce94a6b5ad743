/** Statuses of a judged pump, from best to worst. */
export const SEVERITIES = ['Normal', 'Warning', 'Critical', 'Failure'] as const

export type Severity = (typeof SEVERITIES)[number]

/** `Idle`: the pump is off. `Not judged`: it runs where the baseline says nothing. Neither is ever reported. */
export type Status = Severity | 'Idle' | 'Not judged'

/** Whether a reading was judged at all. */
export function isSeverity(status: Status): status is Severity {
  return status !== 'Idle' && status !== 'Not judged'
}

export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b)
}
