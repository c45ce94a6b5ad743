import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { baselineCommand } from '../../src/baseline/command.ts'
import { baselineSchema } from '../../src/pump/baseline.ts'
import { normal, uniform } from '../pump/noise.ts'

const WELL_1 = join(import.meta.dirname, '../../fixtures/well-1')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baseline-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const io = {
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void err.push(text),
    cwd: folder,
    env: {},
  }
  const code = await baselineCommand.run(argv, io)
  return { code, out: out.join(''), err: err.join('') }
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

const PUMP_TEST = [
  'Flow (m3/h),Head (m),Shaft Power (kW)',
  ...[0, 25, 50, 75, 100, 125].map((q) => `${q},${60 - 0.001 * q ** 2},${8 + 0.12 * q}`),
].join('\n')

test('fit shows a pump test in numbers and draws it', async () => {
  writeFileSync(join(folder, 'test.csv'), PUMP_TEST)
  const { code, out, err } = await run('fit', 'test.csv', '--output', 'baseline.json')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/largest distances.*head 0 %, power 0 %, efficiency 0 %/)
  expect(read('test.svg')).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<circle [\s\S]*<\/svg>\n$/)
  expect(z.parse(baselineSchema, JSON.parse(read('baseline.json')))).toMatchObject({ kind: 'curve', power_definition: 'shaft' })
})

test('fit names what is wrong with a test, and the pumps of a file of several', async () => {
  writeFileSync(join(folder, 'short.csv'), PUMP_TEST.split('\n').slice(0, 4).join('\n'))
  await expect(run('fit', 'short.csv')).rejects.toThrow('short.csv: rows: hold 3 different flows, and curves need 5')
  writeFileSync(join(folder, 'two.csv'), 'Pump,Flow (m3/h),Head (m)\nA,1,2\nB,1,2\n')
  await expect(run('fit', 'two.csv')).rejects.toThrow('two.csv: holds several pumps (A, B); choose one with --pump')
  await expect(run('fit', 'missing.csv')).rejects.toThrow('missing.csv: cannot be read')
  await expect(run('fitt')).rejects.toThrow("there is no step 'fitt'; did you mean fit?")
})

test('commission makes a dated baseline from the healthy readings of a site', async () => {
  const { code, out } = await run(
    'commission',
    join(WELL_1, 'healthy.csv'),
    '--columns',
    join(WELL_1, 'columns.json'),
    '--config',
    join(WELL_1, 'deployment.json'),
    '--from',
    '2024-07-02',
    '--to',
    '2024-07-14',
  )
  expect(code).toBe(0)
  expect(out).toMatch(/^Well 1: point baseline, total head/)
  const baseline = z.parse(baselineSchema, JSON.parse(read('well-1-baseline.json')))
  // The last reading of 14 July in Los Angeles is of the 15th in UTC.
  expect(baseline).toMatchObject({ pump: 'Well 1', date: '2024-07-15', head_definition: 'total' })
  expect(baseline.noise?.flow).toBeGreaterThan(0)
})

test('commission makes curves where the flow ranges widely, with a picture', async () => {
  const next = normal(uniform(1))
  const rows = Array.from({ length: 2000 }, (_, index) => {
    const q = 90 + 40 * Math.sin(index / 30)
    const noisy = (value: number): string => (value * (1 + next() / 100)).toFixed(3)
    return `${new Date(Date.UTC(2024, 5, 1) + index * 600_000).toISOString()},${noisy(q)},${noisy(60 - 0.001 * q ** 2)},${noisy(8 + 0.12 * q)}`
  })
  writeFileSync(join(folder, 'june.csv'), ['timestamp,Flow (m3/h),Head (m),Power (kW)', ...rows].join('\n'))
  writeFileSync(join(folder, 'columns.json'), JSON.stringify({ flow: 'Flow (m3/h)', head: 'Head (m)', power: 'Power (kW)' }))
  const { code, out } = await run('commission', 'june.csv', '--columns', 'columns.json', '--pump', 'P 7', '--shaft-power')
  expect(code).toBe(0)
  expect(out).toMatch(/2000 running readings, 2024-06-01 to 2024-06-14/)
  expect(z.parse(baselineSchema, JSON.parse(read('p-7-baseline.json')))).toMatchObject({
    kind: 'curve',
    pump: 'P 7',
    date: '2024-06-14',
  })
  expect(read('p-7-baseline.svg')).toMatch(/^<svg /)
})

test('commission refuses what makes no sense, with the mend', async () => {
  await expect(run('commission', 'x.csv')).rejects.toThrow('--columns is missing')
  const well = [join(WELL_1, 'healthy.csv'), '--columns', join(WELL_1, 'columns.json')]
  await expect(run('commission', ...well, '--from', 'June')).rejects.toThrow('--from June is no date; write it as 2024-06-30')
  await expect(run('commission', ...well, '--from', '2030-01-01')).rejects.toThrow(
    'hold 0 running readings, and a baseline needs 100',
  )
})
