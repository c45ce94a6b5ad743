import { expect, test } from 'vitest'
import { createJudge, type JudgeState, type PumpSetup } from '../../src/pump/judge.ts'
import type { Judgement } from '../../src/pump/judgement.ts'
import type { Reading } from '../../src/readings/reading.ts'
import { DUTY, dutyOff, HOUR_MS, readingAt, START_MS, setupWith } from './a-pump.ts'
import { autocorrelated, normal, uniform } from './noise.ts'

function judgeAll(setup: PumpSetup, readings: readonly Reading[]): Judgement[] {
  const judge = createJudge(setup, null)
  return readings.map(judge.judge)
}

function hourly(deviations: readonly Parameters<typeof dutyOff>[0][]): Reading[] {
  return deviations.map((deviation, index) => readingAt(START_MS + index * HOUR_MS, dutyOff(deviation)))
}

const statusesOf = (judgements: readonly Judgement[]): string[] => judgements.map(({ status }) => status)

test('three readings in, three judged', () => {
  const judged = judgeAll(setupWith({}), hourly([{}, {}, {}]))
  expect(statusesOf(judged)).toEqual(['Normal', 'Normal', 'Normal'])
  expect(judged[0]?.deviations.flow).toBe(0)
})

test('a pump 131 % off its baseline is never Normal, and Failure from the second such reading on', () => {
  const judged = judgeAll(setupWith({}), hourly(Array.from({ length: 100 }, () => ({ flow: 131 }))))
  expect(statusesOf(judged)).toEqual(['Warning', ...Array.from({ length: 99 }, () => 'Failure')])
  expect(judged[1]?.violations.flow).toMatchObject({ threshold: 10, threshold_type: 'max', mandatory: true, confirmed: true })
  expect(judged[1]?.violations.flow?.deviation).toBeCloseTo(131, 10)
})

test('loss of flow is seen by grade 1U: a pump that runs against a closed valve fails', () => {
  const readings = hourly([{}, { flow: -100 }, { flow: -100 }])
  expect(statusesOf(judgeAll(setupWith({}), readings))).toEqual(['Normal', 'Warning', 'Failure'])
})

test('one wild reading alone is a Warning, and the next good one is Normal again', () => {
  const readings = hourly([...Array.from({ length: 48 }, () => ({})), { flow: -90 }, {}, {}])
  expect(statusesOf(judgeAll(setupWith({}), readings)).slice(-4)).toEqual(['Normal', 'Warning', 'Normal', 'Normal'])
})

test('two wild readings that agree are judged in full', () => {
  const readings = hourly([...Array.from({ length: 48 }, () => ({})), { flow: -90 }, { flow: -85 }])
  expect(statusesOf(judgeAll(setupWith({}), readings)).slice(-2)).toEqual(['Warning', 'Failure'])
})

test('two wild readings on opposite sides do not agree', () => {
  const readings = hourly([...Array.from({ length: 48 }, () => ({})), { flow: -90 }, { flow: 90 }])
  expect(statusesOf(judgeAll(setupWith({}), readings)).slice(-2)).toEqual(['Warning', 'Warning'])
})

test('a reading outside its grade but inside guard band and variation is told and changes nothing', () => {
  const [judged] = judgeAll(setupWith({}), hourly([{ head: -2 }]))
  expect(judged?.status).toBe('Normal')
  expect(judged?.violations.head).toMatchObject({ threshold: 0, threshold_type: 'min', confirmed: false, severity: null })
})

test('strict mode takes every reading literally', () => {
  const setup = setupWith({ category: '2B', judgement: { mode: 'strict' } })
  const readings = hourly([{}, { head: -5.1 }, { head: -5 }, { head: -8 }, { head: -10.1 }, { efficiency: -30 }])
  expect(statusesOf(judgeAll(setup, readings))).toEqual(['Normal', 'Warning', 'Normal', 'Critical', 'Failure', 'Warning'])
})

test('power and efficiency alone never go beyond Warning', () => {
  const judged = judgeAll(setupWith({}), hourly(Array.from({ length: 60 }, () => ({ power: 80, efficiency: -45 }))))
  expect(new Set(statusesOf(judged))).toEqual(new Set(['Warning']))
})

test('a mandatory violation confirmed for 24 running hours is Critical', () => {
  // 9 points below the bound: evidence 9 − 2 − 5·0.75·2 < 0 at first, then 1 to 5 points of a scale of 6.
  const judged = judgeAll(setupWith({ category: '1B' }), hourly(Array.from({ length: 80 }, () => ({ head: -7.5 }))))
  const confirmedAt = judged.findIndex(({ violations }) => violations.head?.confirmed)
  const criticalAt = judged.findIndex(({ status }) => status === 'Critical')
  expect(judged[criticalAt - 1]?.status).toBe('Warning')
  expect(criticalAt - confirmedAt).toBe(24)
})

test('a pump that is off is Idle, whatever its flow and head are, and keeps what was confirmed', () => {
  const off = { flow: 0, head: 3, power: 0, efficiency: null }
  const bad = dutyOff({ head: -40 })
  const readings = [bad, bad, off, off, bad].map((values, index) => readingAt(START_MS + index * HOUR_MS, values))
  const judged = judgeAll(setupWith({}), readings)
  expect(statusesOf(judged)).toEqual(['Warning', 'Failure', 'Idle', 'Idle', 'Failure'])
  expect(judged[2]?.reason).toBe("off: power is below 5 % of the baseline's")
  expect(judged[2]?.deviations).toEqual({ flow: null, head: null, power: null, efficiency: null })
})

test('a power meter that fails while water flows does not make the pump Idle', () => {
  const [judged] = judgeAll(setupWith({}), [readingAt(START_MS, { ...DUTY, power: 0 })])
  expect(judged?.status).toBe('Normal')
})

test('a configured running channel decides, and startup blanking holds back the readings after a start', () => {
  const setup = setupWith({
    judgement: { startup_blanking_seconds: 120, running: { channel: 'run', min_speed_rpm: null, min_power_kw: null } },
  })
  const at = (minute: number, run: number): Reading =>
    readingAt(START_MS + minute * 60_000, run === 1 ? dutyOff({ flow: minute < 4 ? -60 : 0 }) : DUTY, { run })
  const judged = judgeAll(setup, [at(0, 0), at(1, 1), at(2, 1), at(3, 1), at(4, 1)])
  expect(statusesOf(judged)).toEqual(['Idle', 'Not judged', 'Not judged', 'Warning', 'Normal'])
  expect(judged[1]?.reason).toBe('starting up')
})

test('with a point baseline, readings more than 3 % off rated speed are not judged and say so', () => {
  const setup = setupWith({ pump: { rated_speed_rpm: 1800 } })
  const at = (speed: number | null): Judgement | undefined => judgeAll(setup, [readingAt(START_MS, { ...DUTY, speed })])[0]
  expect(at(1746)?.status).toBe('Normal')
  expect(at(1740)).toMatchObject({
    status: 'Not judged',
    reason: 'speed is 3.3 % below rated, and the baseline is a single point',
  })
  expect(at(1860)?.reason).toMatch(/3.3 % above/)
  expect(at(null)?.status).toBe('Normal')
})

test('what is not measured is not judged, and nothing measured is Not judged with the reason', () => {
  const [some] = judgeAll(setupWith({}), [readingAt(START_MS, { head: 50 })])
  expect(some).toMatchObject({ status: 'Normal', deviations: { flow: null, head: 0, power: null, efficiency: null } })
  const [none] = judgeAll(setupWith({}), [readingAt(START_MS, { speed: 1800 })])
  expect(none).toMatchObject({ status: 'Not judged', reason: 'nothing measured that baseline and grade both have' })
})

test('white noise of 1 % around any level near a bound changes the status at most 15 times in 10,000 hours', () => {
  for (let level = -6; level <= 4; level += 0.5) {
    const next = normal(uniform(1000 + level * 10))
    const judge = createJudge(setupWith({ category: '1U' }), null)
    let changes = 0
    let before = 'Normal'
    for (let hour = 0; hour < 10_000; hour++) {
      const { status } = judge.judge(readingAt(START_MS + hour * HOUR_MS, { head: DUTY.head * (1 + (level + next()) / 100) }))
      if (status !== before) changes += 1
      before = status
    }
    expect(changes, `level ${level}`).toBeLessThanOrEqual(15)
  }
})

function aWornMonth(stepMinutes: number): Reading[] {
  const random = uniform(42)
  const noise = { flow: autocorrelated(random, 1.5, 0.9), head: autocorrelated(random, 1.5, 0.5), power: normal(random) }
  return Array.from({ length: 3000 }, (_, index) => {
    const gap = random() < 0.01 ? stepMinutes * 7 : 0
    const off = random() < 0.05
    const drift = -index / 150
    const values = { flow: noise.flow() + drift, head: noise.head() + drift, power: noise.power() }
    const duty = off ? { flow: 0, head: 0, power: 0 } : { ...dutyOff(values), efficiency: null }
    return readingAt(START_MS + (index * stepMinutes + gap) * 60_000, duty)
  })
}

test.for([1, 5, 60])(
  'the same data every %i minutes in 1, 10 or 500 cron runs are judged the same, to the bit',
  (stepMinutes) => {
    const setup = setupWith({ category: '1B' })
    const readings = aWornMonth(stepMinutes)
    const whole = createJudge(setup, null)
    const expected = readings.map(whole.judge)
    for (const runs of [10, 500]) {
      const size = Math.ceil(readings.length / runs)
      let saved: JudgeState | null = null
      const judged: Judgement[] = []
      for (let start = 0; start < readings.length; start += size) {
        const judge = createJudge(setup, saved)
        judged.push(...readings.slice(start, start + size).map(judge.judge))
        saved = JSON.parse(JSON.stringify(judge.state())) as JudgeState
      }
      expect(judged).toStrictEqual(expected)
      expect(saved).toStrictEqual(JSON.parse(JSON.stringify(whole.state())))
    }
    expect(new Set(statusesOf(expected)).size).toBeGreaterThan(2)
  },
)

test('the state of a month of readings every second stays under 30 KB', () => {
  const random = uniform(7)
  const judge = createJudge(setupWith({ category: '2B' }), null)
  const noise = autocorrelated(random, 1, 0.9)
  for (let minute = 0; minute < 40 * 1440; minute += 1) {
    // Every second in the last hour, every minute before.
    const seconds = minute > 40 * 1440 - 60 ? 60 : 1
    for (let second = 0; second < seconds; second++) {
      const values = { flow: noise(), head: noise(), power: noise(), efficiency: noise() }
      judge.judge(readingAt(START_MS + minute * 60_000 + second * 1000, dutyOff(values)))
    }
  }
  expect(JSON.stringify(judge.state()).length).toBeLessThan(30_000)
})

test('evidence that was gathered under another baseline is forgotten', () => {
  const judge = createJudge(setupWith({}), null)
  for (const reading of hourly([{ head: -40 }, { head: -40 }])) judge.judge(reading)
  const other = createJudge(setupWith({ baseline: { head_m: 30 } }), judge.state())
  expect(other.judge(readingAt(START_MS + 2 * HOUR_MS, { head: 30 })).status).toBe('Normal')
})
