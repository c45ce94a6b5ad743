import { describe, expect, test } from 'vitest'
import { checkFeatureNames, parseFeatureName } from '../../src/model/feature-names.ts'

const KNOWN = ['flow', 'head', 'power', 'efficiency', 'speed', 'discharge_pressure', 'vibration', 'motor.temperature']

describe('a feature name', () => {
  test.each([
    ['flow', { source: 'flow', deviation: false, statistic: null, window: 1 }],
    ['flow.deviation', { source: 'flow', deviation: true, statistic: null, window: 1 }],
    ['vibration.mean24', { source: 'vibration', deviation: false, statistic: 'mean', window: 24 }],
    ['head.deviation.slope168', { source: 'head', deviation: true, statistic: 'slope', window: 168 }],
    ['motor.temperature.max6', { source: 'motor.temperature', deviation: false, statistic: 'max', window: 6 }],
  ])('%s is taken apart', (name, parts) => {
    expect(parseFeatureName(name)).toEqual({ name, ...parts })
  })

  test.each(['', 'flow.std1', 'flow.slope1', 'flow.mean99999'])('"%s" is not in the catalogue', (name) => {
    expect(parseFeatureName(name)).toBeNull()
  })
})

describe('the check of a list of features', () => {
  test('passes what the columns give', () => {
    expect(checkFeatureNames(['flow', 'flow.deviation.mean24', 'vibration.std6', 'motor.temperature.min3'], KNOWN)).toEqual([])
  })

  test('names the place, the mistake and the nearest known name', () => {
    const problems = checkFeatureNames(['flow', 'flo.mean24', 'vibration.deviation', 'flow.std1', 'flow', 'current'], KNOWN)
    expect(problems.map(({ path }) => path)).toEqual(['features[1]', 'features[2]', 'features[3]', 'features[4]', 'features[5]'])
    expect(problems[0]?.mend).toBe('did you mean "flow"?')
    expect(problems[1]?.what).toBe('"vibration.deviation": vibration has no baseline to deviate from')
    expect(problems[2]?.what).toBe('"flow.std1" is not a feature')
    expect(problems[3]?.what).toBe('"flow" is there twice')
    expect(problems[4]?.mend).toContain('map "current" in the columns file')
  })

  test('takes a misspelt statistic for a part of the name and says what is missing', () => {
    const [problem] = checkFeatureNames(['flow.avg24'], KNOWN)
    expect(problem?.what).toBe('"flow.avg24" needs "flow.avg24", which the columns do not give')
  })
})
