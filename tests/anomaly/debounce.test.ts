import { describe, expect, test } from 'vitest'
import { type DebounceState, debounce, NOTHING_REPORTED } from '../../src/anomaly/debounce.ts'
import type { ReportedParameter } from '../../src/anomaly/record.ts'
import type { Severity } from '../../src/pump/status.ts'
import { MINUTE_MS } from './judgements.ts'

type Step = [minute: number, status: Severity, reportable: ReportedParameter[]]

/** What is due at each step of a history, the state going through JSON in between as it does between runs. */
function history(steps: readonly Step[]): (readonly ReportedParameter[])[] {
  let state = NOTHING_REPORTED
  return steps.map(([minute, status, reportable]) => {
    const outcome = debounce(state, { timeMs: minute * MINUTE_MS, status, reportable }, 60 * MINUTE_MS)
    state = JSON.parse(JSON.stringify(outcome.state)) as DebounceState
    return outcome.due
  })
}

describe('debounce', () => {
  test('a parameter is not due again within 60 minutes of event time, and is exactly then', () => {
    const due = history([
      [0, 'Warning', ['flow']],
      [59, 'Warning', ['flow']],
      [60, 'Warning', ['flow']],
      [119, 'Warning', ['flow']],
    ])
    expect(due).toEqual([['flow'], [], ['flow'], []])
  })

  test('each parameter has a time of its own, and one report names all that are due', () => {
    const due = history([
      [0, 'Warning', ['flow']],
      [30, 'Warning', ['flow', 'head']],
      [60, 'Warning', ['flow', 'head']],
      [90, 'Warning', ['flow', 'head']],
    ])
    expect(due).toEqual([['flow'], ['head'], ['flow'], ['head']])
  })

  test('a worse status than the one last reported makes everything due', () => {
    const due = history([
      [0, 'Warning', ['flow']],
      [10, 'Critical', ['flow']],
      [20, 'Warning', ['flow']],
      [30, 'Critical', ['flow']],
      [40, 'Failure', ['flow']],
    ])
    expect(due).toEqual([['flow'], ['flow'], [], [], ['flow']])
  })

  test('a Normal reading resets the time', () => {
    const due = history([
      [0, 'Warning', ['flow']],
      [10, 'Normal', []],
      [20, 'Warning', ['flow']],
    ])
    expect(due).toEqual([['flow'], [], ['flow']])
  })

  test('an alarm of the model alone keeps its time although the status is Normal', () => {
    const due = history([
      [0, 'Normal', ['model']],
      [30, 'Normal', ['model']],
      [60, 'Normal', ['model']],
    ])
    expect(due).toEqual([['model'], [], ['model']])
  })

  test('a violation after an alarm of the model alone is an escalation', () => {
    const due = history([
      [0, 'Normal', ['model']],
      [10, 'Warning', ['model', 'head']],
    ])
    expect(due).toEqual([['model'], ['model', 'head']])
  })

  test('a debounce of 0 minutes reports every reading', () => {
    const first = debounce(NOTHING_REPORTED, { timeMs: 0, status: 'Warning', reportable: ['flow'] }, 0)
    const second = debounce(first.state, { timeMs: 1, status: 'Warning', reportable: ['flow'] }, 0)
    expect([first.due, second.due]).toEqual([['flow'], ['flow']])
  })
})
