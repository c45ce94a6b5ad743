import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import type { ResultRecord } from '../../src/edge/result.ts'
import { testToken } from '../secrets/token.ts'
import { apiFor, reporting } from './api.ts'
import { fileIn, HEADER, packaged, scratch, WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const read = (file: string): ResultRecord[] => JSON.parse(readFileSync(file, 'utf8')) as ResultRecord[]

/** Rows of the site's format, an hour apart, each with the given flow [gpm] and pressure [psi]. */
function batch(...rows: readonly (readonly [flowGpm: number, pressurePsi: number])[]): string {
  const lines = rows.map(
    ([flow, pressure], hour) => `06/01/2024 ${String(hour).padStart(2, '0')}:00,Well 1,${flow},${pressure},2.7,20.4,57.5,1795`,
  )
  return `${[HEADER, ...lines].join('\n')}\n`
}

describe.runIf(canRun(HOST))('the executable', () => {
  test('judges every reading: three in, three judged', async () => {
    const folder = scratch()
    const input = fileIn(folder, 'three.csv', batch([260, 76.5], [262, 76.4], [261, 76.6]))
    const output = join(folder, 'out.json')
    const { code, stdout } = await runProgram(await packaged(HOST), {
      args: [input, output, '--state-dir', join(folder, 'state')],
    })
    expect(code).toBe(0)
    expect(stdout).toContain('3 readings judged')
    expect(read(output).map(({ timestamp, status }) => [timestamp, status])).toEqual([
      ['2024-06-01T07:00:00.000Z', 'Normal'],
      ['2024-06-01T08:00:00.000Z', 'Normal'],
      ['2024-06-01T09:00:00.000Z', 'Normal'],
    ])
  })

  test('never calls a pump Normal that is 131 % off its baseline, and calls it Failure from the second reading on', async () => {
    const folder = scratch()
    const off = 252.33 * 2.31
    const input = fileIn(folder, 'off.csv', batch([off, 76.5], [off, 76.4], [off, 76.6]))
    const output = join(folder, 'out.json')
    await runProgram(await packaged(HOST), { args: [input, output, '--state-dir', join(folder, 'state')] })
    const results = read(output)
    expect(results.map(({ status }) => status)).toEqual(['Warning', 'Failure', 'Failure'])
    expect(results.map(({ deviations }) => deviations.flow?.toFixed(1))).toEqual(['131.0', '131.0', '131.0'])
    expect(results[1]?.violations.flow).toMatchObject({ threshold: 10, threshold_type: 'max', mandatory: true, confirmed: true })
  })

  test('predicts with its model once there is enough history, and names the reason until then', async () => {
    const folder = scratch()
    const output = join(folder, 'out.json')
    await runProgram(await packaged(HOST), { args: [WELL_1.healthy, output, '--state-dir', join(folder, 'state')] })
    const results = read(output)
    const first = results.findIndex(({ prediction }) => prediction !== null)
    expect(results.slice(0, first).every(({ prediction_reason: reason }) => reason !== null)).toBe(true)
    expect(results.slice(0, first).filter(({ status }) => status !== 'Idle').length).toBe(167)
    const classes = results[first]?.prediction?.probabilities ?? {}
    expect(Object.values(classes).reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5)
  })

  test('goes on without its model when the native libraries cannot be had, and says why in each result', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'state'), { mode: 0o700 })
    fileIn(join(folder, 'state'), 'native', 'where a folder should be')
    const input = fileIn(folder, 'in.csv', batch([20, 10], [20, 10]))
    const output = join(folder, 'out.json')
    const run = await runProgram(await packaged(HOST), { args: [input, output, '--state-dir', join(folder, 'state')] })
    expect([run.code, run.stderr]).toEqual([0, expect.stringMatching(/no predictions: .*; the tolerance check goes on/)])
    const [first, second] = read(output)
    expect([first?.prediction, first?.prediction_reason]).toEqual([
      null,
      expect.stringContaining('ONNX Runtime cannot be loaded'),
    ])
    expect(second?.status).toBe('Failure')
  })

  test('judges no reading twice, whatever grows or is handed over again', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const args = ['--state-dir', join(folder, 'state')]
    const rows = batch([260, 76.5], [262, 76.4], [261, 76.6])
    const grown = fileIn(folder, 'in.csv', rows.split('\n').slice(0, 3).join('\n').concat('\n'))
    const first = await runProgram(well, { args: [grown, ...args] })
    const again = await runProgram(well, { args: [grown, ...args] })
    fileIn(folder, 'in.csv', rows)
    const more = await runProgram(well, { args: [grown, ...args] })
    expect([first.stdout, again.stdout, more.stdout].map((text) => /(\d+) readings? judged|nothing new/.exec(text)?.[0])).toEqual(
      ['2 readings judged', 'nothing new', '1 reading judged'],
    )
  })

  test('keeps its results in its state directory when it is given no other place', async () => {
    const folder = scratch()
    const input = fileIn(folder, 'in.csv', batch([260, 76.5], [262, 76.4]))
    await runProgram(await packaged(HOST), { args: [input, '--state-dir', join(folder, 'state')] })
    const [name = '', ...more] = readdirSync(join(folder, 'state', 'results'))
    expect(more).toEqual([])
    expect(read(join(folder, 'state', 'results', name))).toHaveLength(2)
  })

  test('takes a directory as an inbox: judged files move to processed, broken ones to failed, each once', async () => {
    const folder = scratch()
    const inbox = join(folder, 'inbox')
    mkdirSync(inbox)
    fileIn(inbox, 'good.csv', batch([260, 76.5], [262, 76.4]))
    fileIn(inbox, 'bad.csv', 'no,such,columns\n1,2,3\n')
    for (const name of ['good.csv', 'bad.csv']) utimesSync(join(inbox, name), new Date(0), new Date(0))
    const { code, stderr, stdout } = await runProgram(await packaged(HOST), {
      args: [inbox, '--state-dir', join(folder, 'state')],
    })
    expect([code, stderr]).toEqual([65, expect.stringMatching(/^error: .*bad\.csv line 1: [^\n]*\n$/)])
    expect(stdout).toContain('2 readings judged')
    expect(readdirSync(join(inbox, 'processed'))).toEqual(['good.csv'])
    expect(readdirSync(join(inbox, 'failed'))).toContain('bad.csv')
    expect(readdirSync(inbox).sort()).toEqual(['failed', 'processed'])
  })

  test('takes several files as one batch, and never an input for its output', async () => {
    const folder = scratch()
    const both = batch([260, 76.5], [262, 76.4]).split('\n')
    const first = fileIn(folder, 'a.csv', `${both[0]}\n${both[1]}\n`)
    const second = fileIn(folder, 'b.csv', `${both[0]}\n${both[2]}\n`)
    const { stdout } = await runProgram(await packaged(HOST), { args: [second, first, '--state-dir', join(folder, 'state')] })
    expect(stdout).toContain('2 readings judged')
    expect(readFileSync(second, 'utf8')).toContain('06/01/2024')
  })

  test('only judges with --no-report and with --reprocess: no state moves', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const input = fileIn(folder, 'in.csv', batch([20, 10], [20, 10], [20, 10]))
    const args = [input, join(folder, 'out.json'), '--state-dir', join(folder, 'state')]
    for (const option of ['--no-report', '--reprocess', '--no-report']) {
      const { stdout } = await runProgram(well, { args: [...args, option] })
      expect(stdout).toContain('3 readings judged')
    }
    expect(existsSync(join(folder, 'state', 'state.json'))).toBe(false)
    expect(readdirSync(join(folder, 'state', 'unsent_anomalies'))).toEqual([])
  })

  test('ends with 2 when a reading is as bad as --fail-on says', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const input = fileIn(folder, 'in.csv', batch([20, 10]))
    const args = [input, '--no-report', '--state-dir', join(folder, 'state')]
    const codes = await Promise.all(
      ['warning', 'critical'].map(async (level) => {
        const state = ['--state-dir', join(folder, level)]
        return (await runProgram(well, { args: [...args, ...state, '--fail-on', level] })).code
      }),
    )
    expect(codes).toEqual([2, 0])
  })
})

describe.runIf(canRun(HOST))('reporting', () => {
  test('brings anomalies to the API once, says so in the results, and keeps what cannot be sent', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const first = await apiFor(folder)
    const { args, env } = reporting(first, folder)
    const output = join(folder, 'out.json')
    const input = (hours: number) => fileIn(folder, 'in.csv', batch(...Array.from({ length: hours }, () => [20, 10] as const)))

    const online = await runProgram(well, { args: [input(3), output, ...args], env })
    expect(online.code).toBe(0)
    const arrived = await first.anomalies()
    expect(arrived.map(({ additionalContext }) => additionalContext.status)).toEqual(['Warning', 'Failure', 'Failure'])
    expect(read(output).map(({ reported_to_api }) => reported_to_api)).toEqual([true, true, true])
    expect(readdirSync(join(folder, 'state', 'unsent_anomalies'))).toEqual([])

    await first.close()
    const offline = await runProgram(well, { args: [input(6), output, ...args], env })
    expect(offline.code).toBe(0)
    expect(offline.stdout).toContain('3 wait in the spool')
    expect(read(output).map(({ reported_to_api }) => reported_to_api)).toEqual([false, false, false])

    const second = await apiFor(folder, Number(new URL(first.url).port))
    const flushed = await runProgram(well, { args: ['flush', ...args], env })
    expect([flushed.code, flushed.stdout]).toEqual([0, expect.stringContaining('3 delivered')])
    const all = await second.anomalies()
    expect(new Set(all.map(({ metadata }) => metadata.idempotencyKey)).size).toBe(6)
    expect(all).toHaveLength(6)
    await second.close()
  })

  test('waits with what a failed run has found until a run succeeds, and then brings it once', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const api = await apiFor(folder)
    const { args, env } = reporting(api, folder)
    const input = fileIn(folder, 'in.csv', batch([20, 10], [20, 10], [20, 10]))
    const failed = await runProgram(well, { args: [input, join(folder, 'none', 'out.json'), ...args], env })
    expect([failed.code, (await api.anomalies()).length]).toEqual([73, 0])
    expect(readdirSync(join(folder, 'state', 'unsent_anomalies'))).toHaveLength(1)
    const mended = await runProgram(well, { args: [input, join(folder, 'out.json'), ...args], env })
    expect(mended.code).toBe(0)
    expect(await api.anomalies()).toHaveLength(3)
    await api.close()
  })

  test('says with --quiet what of sending needs a person, and nothing of what time mends', async () => {
    const folder = scratch()
    const well = await packaged(HOST)
    const api = await apiFor(folder)
    const { args, env } = reporting(api, folder)
    const input = fileIn(folder, 'in.csv', batch([20, 10], [20, 10], [20, 10]))
    const quiet = async (changes: Record<string, string>) => {
      const { stdout, stderr } = await runProgram(well, { args: [input, ...args, '--quiet'], env: { ...env, ...changes } })
      return stdout + stderr
    }
    const waiting = 'warn: anomalies: 3 wait in the spool: '
    expect(await quiet({ ANOMALY_API_TOKEN: '' })).toBe(`${waiting}there is no token ($ANOMALY_API_TOKEN or api.token_file)\n`)
    expect(await quiet({ ANOMALY_API_TOKEN: testToken('withdrawn') })).toMatch(
      /^warn: anomalies: 0 delivered, 3 wait in the spool: the API answered 401 .*; give a valid token .*\n$/,
    )
    await api.close()
    expect(await quiet({})).toBe('')
  })

  test('shows the token nowhere', async () => {
    const folder = scratch()
    const api = await apiFor(folder)
    const { args, env } = reporting(api, folder)
    const input = fileIn(folder, 'in.csv', batch([20, 10], [20, 10]))
    const run = await runProgram(await packaged(HOST), { args: [input, ...args, '--log-level', 'debug'], env })
    const info = await runProgram(await packaged(HOST), { args: ['info', '--json', ...args], env })
    await api.close()
    const state = readdirSync(join(folder, 'state'), { recursive: true, withFileTypes: true })
    const files = state
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    for (const text of [run.stdout, run.stderr, info.stdout, info.stderr, ...files]) {
      expect(text.includes(env.ANOMALY_API_TOKEN)).toBe(false)
    }
  })
})
