import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { fileIn, HEADER, packaged, scratch, WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const ROW = '06/01/2024 00:00,Well 1,260,76.5,2.7,20.4,57.5,1795'

interface Bad {
  readonly what: string
  readonly text: string | Uint8Array
  readonly code: number
  readonly line: RegExp
}

const BAD_INPUTS: readonly Bad[] = [
  { what: 'an empty file', text: '', code: 65, line: /in\.csv: is empty/ },
  { what: 'a header without rows', text: `${HEADER}\n`, code: 65, line: /in\.csv.*header.*no/ },
  {
    what: 'a missing column',
    text: `${HEADER.replace('Flow (gpm)', 'Flaw (gpm)')}\n${ROW}\n`,
    code: 65,
    line: /in\.csv.*Flow \(gpm\).*Flaw \(gpm\)/,
  },
  {
    what: 'nothing but a bad number',
    text: `${HEADER}\n${ROW.replace('260', '26O')}\n`,
    code: 65,
    line: /in\.csv.*line 2.*Flow \(gpm\).*26O/,
  },
  {
    what: 'nothing but a bad timestamp',
    text: `${HEADER}\n${ROW.replace('06/01', '31/31')}\n`,
    code: 65,
    line: /in\.csv.*line 2.*timestamp.*31\/31/,
  },
  {
    what: 'binary garbage',
    text: Uint8Array.from({ length: 4096 }, (_, index) => (index * 89) % 256),
    code: 65,
    line: /in\.csv/,
  },
]

/** One line on stderr that names place, mistake and mend. */
function expectOneLine(stderr: string, line: RegExp): void {
  expect(stderr).toMatch(/^[^\n]+\n$/)
  expect(stderr).toMatch(line)
  expect(stderr).toMatch(/: .+; .+\n$/)
}

describe.runIf(canRun(HOST))('bad input is one clear line and an exit code of its own', () => {
  test.each(BAD_INPUTS)('$what', async ({ text, code, line }) => {
    const folder = scratch()
    const input = fileIn(folder, 'in.csv', text)
    const outcome = await runProgram(await packaged(HOST), {
      args: [input, '--state-dir', join(folder, 'state'), '--log-level', 'error'],
    })
    expect(outcome.code).toBe(code)
    expectOneLine(outcome.stderr, line)
    expect(outcome.stdout).toBe('')
  })

  test('another delimiter than the configured one', async () => {
    const folder = scratch()
    const columns = { ...JSON.parse(readFileSync(WELL_1.columns, 'utf8')), delimiter: ',' }
    const well = await packaged(HOST, { columns: fileIn(folder, 'columns.json', JSON.stringify(columns)) })
    const input = fileIn(folder, 'in.csv', `${HEADER}\n${ROW}\n`.replaceAll(',', ';'))
    const outcome = await runProgram(well, { args: [input, '--state-dir', join(folder, 'state')] })
    expect(outcome.code).toBe(65)
    expectOneLine(outcome.stderr, /in\.csv.*";".*","/)
  })

  test('no file', async () => {
    const folder = scratch()
    fileIn(folder, 'readings.csv', '')
    const outcome = await runProgram(await packaged(HOST), {
      args: [join(folder, 'reading.csv'), '--state-dir', join(folder, 'state')],
    })
    expect(outcome.code).toBe(65)
    expectOneLine(outcome.stderr, /reading\.csv: does not exist; did you mean readings\.csv\?/)
  })

  test('a bad number among good rows costs that row alone, and is named', async () => {
    const folder = scratch()
    const input = fileIn(
      folder,
      'in.csv',
      `${HEADER}\n${ROW}\n${ROW.replace('00:00', '01:00').replace('260', 'Bad')}\n${ROW.replace('00:00', '02:00')}\n`,
    )
    const outcome = await runProgram(await packaged(HOST), { args: [input, '--state-dir', join(folder, 'state')] })
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toMatch(/2 readings judged/)
    expect(outcome.stderr).toMatch(/^warn: .*in\.csv line 3, column "Flow \(gpm\)": "Bad" is no value\n$/)
  })

  test('a truncated bundle', async () => {
    const folder = scratch()
    const cut = join(folder, 'well1')
    copyFileSync(await packaged(HOST), cut)
    truncateSync(cut, statSync(cut).size - 1000)
    const outcome = await runProgram(cut, { args: ['info'] })
    expect(outcome.code).toBe(78)
    expectOneLine(outcome.stderr, /well1: its pump bundle is truncated/)
  })

  test('an output directory that cannot be written', async () => {
    const folder = scratch()
    const input = fileIn(folder, 'in.csv', `${HEADER}\n${ROW}\n`)
    const outcome = await runProgram(await packaged(HOST), {
      args: [input, join(folder, 'none', 'out.json'), '--state-dir', join(folder, 'state')],
    })
    expect(outcome.code).toBe(73)
    expectOneLine(outcome.stderr, /none.*create the directory first/)
    const file = fileIn(folder, 'file', '')
    const blocked = await runProgram(await packaged(HOST), {
      args: [input, join(file, 'out.json'), '--state-dir', join(folder, 'state')],
    })
    expect(blocked.code).toBe(73)
  })

  test('a mistyped option', async () => {
    const outcome = await runProgram(await packaged(HOST), { args: ['in.csv', '--state-dri', '/tmp'] })
    expect(outcome.code).toBe(64)
    expectOneLine(outcome.stderr, /did you mean --state-dir\?/)
  })
})
