import { describe, expect, test } from 'vitest'
import { deploymentSchema } from '../src/bundle/deployment.ts'
import { ConfigurationFailure, failureLine, failureLines } from '../src/failure.ts'
import { parseJson, refuseProblems } from '../src/problems.ts'
import { checkAgainst } from '../src/schema-problems.ts'

function linesFor(value: unknown): string[] {
  const checked = checkAgainst(deploymentSchema, 'deployment.json', value)
  return checked.kind === 'ok' ? [] : checked.problems.map(failureLine)
}

const site = { site_id: 12, pump_id: 1 }

describe('a checked configuration', () => {
  test('has every default filled in', () => {
    const checked = checkAgainst(deploymentSchema, 'deployment.json', { site_info: site })
    expect(checked).toMatchObject({
      kind: 'ok',
      value: { api: { retry_attempts: 3 }, anomaly_reporting: { debounce_minutes: 60 }, judgement: { guard_band: 2 } },
    })
  })

  test('names every mistake at once, each with its path and mend', () => {
    expect(linesFor({ api: { retry_attempts: 'three', timeout_seconds: 0 }, site_info: { site_id: 12 } })).toEqual([
      'deployment.json: api.timeout_seconds: is 0; it must be at least 0.1',
      'deployment.json: api.retry_attempts: is "three"; it must be a number',
      'deployment.json: site_info.pump_id: is missing; add a number',
    ])
  })

  test('suggests the nearest known key for an unknown one, inside defaulted sections too', () => {
    expect(linesFor({ site_info: site, api: { base_ulr: 'https://api.example.com' } })).toEqual([
      'deployment.json: api: unknown key base_ulr; did you mean base_url?',
    ])
    expect(linesFor({ site_info: site, judgment: {} })).toEqual([
      'deployment.json: unknown key judgment; did you mean judgement?',
    ])
  })

  test('lists what a key may be', () => {
    expect(linesFor({ site_info: site, judgement: { mode: 'loose' } })).toEqual([
      'deployment.json: judgement.mode: is "loose"; use one of "evidence", "strict"',
    ])
  })
})

describe('a file that is no JSON', () => {
  test('is named with the place of the mistake', () => {
    const parsed = parseJson('columns.json', '{"flow": }')
    expect(parsed.kind === 'invalid' && parsed.problems.map(failureLine)[0]).toMatch(
      /^columns\.json: is not JSON \(.*\); mend the syntax there$/,
    )
  })

  test('may begin with a byte order mark', () => {
    expect(parseJson('columns.json', '\uFEFF{}')).toEqual({ kind: 'ok', value: {} })
  })
})

test('problems become one failure that prints a line for each', () => {
  expect(() => refuseProblems([])).not.toThrow()
  const problem = (what: string) => ({ where: 'a.json', what, mend: 'mend it' })
  try {
    refuseProblems([problem('one'), problem('two')])
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationFailure)
    expect(failureLines(error as ConfigurationFailure)).toEqual(['a.json: one; mend it', 'a.json: two; mend it'])
  }
})
