import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { csvHeader } from '../../src/query/csv.ts'
import { anomaly, post } from '../api/anomalies.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { fleetAnomalies } from './fleet.ts'
import { startOther } from './other-api.ts'
import { startWorld, TOKEN, type World } from './world.ts'

const COUNT = 3_000
let world: World

beforeAll(async () => {
  world = await startWorld(fleetAnomalies({ pumps: 20, anomalies: COUNT, seed: 3 }))
})
afterAll(() => world.close())

const idsOf = (file: string) =>
  Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), { header: true, skipEmptyLines: true }).data.map(({ id }) => id)

describe('an export', () => {
  test('under a writer, from a server that fails one request in ten, has all that was there exactly once', async () => {
    const failing = await startOther(world.api.url, {
      instead: (count, response) => {
        if (count % 10 !== 3) return false
        if (count % 20 === 3) response.writeHead(500).end()
        else response.destroy()
        return true
      },
    })
    const there = world.count
    let [writing, written] = [true, 0]
    const writer = (async () => {
      while (writing) {
        // Before, within and behind what is being read, and at instants that are there already.
        const one = anomaly({
          pumpId: 99,
          timestamp: new Date(Date.UTC(2026, 0, 1 + (written % 60), written % 24)).toISOString(),
        })
        const key = `written-${written++}`
        const body = { ...one, metadata: { ...one.metadata, idempotencyKey: key } }
        await fetch(`${world.api.url}/edge/anomalies`, post(TOKEN, key, body))
      }
    })()
    const file = join(world.folder, 'written.csv')
    const { code } = await world.query(['export', '--output', file], { PUMP_MONITOR_API: failing.url })
    writing = false
    await writer
    await failing.close()
    expect([code, written > 20]).toEqual([0, true])
    const ids = idsOf(file)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => Number(id) <= there)).toHaveLength(there)
  })

  test('that breaks off leaves the good file alone, and --resume goes on to the same bytes', async () => {
    const file = join(world.folder, 'resumed.csv')
    const whole = join(world.folder, 'whole.csv')
    const argv = (output: string) => ['export', '--pump', '0,1,2,3,4,5,6,7,8,9', '--output', output]
    expect((await world.query(argv(whole))).code).toBe(0)
    writeFileSync(file, 'the good one')
    const breaking = await startOther(world.api.url, {
      instead: (count, response) => {
        if (count < 9) return false
        response.writeHead(401).end()
        return true
      },
    })
    // The port stays, as that of an API does.
    const broken = await world.query(argv(file), { PUMP_MONITOR_API: breaking.url })
    expect(broken.code).toBe(78)
    expect(broken.stderr).toMatch(/^\d+ anomalies are safe in .*resumed\.csv\.part; .* --resume .*\n.*401/)
    expect(readFileSync(file, 'utf8')).toBe('the good one')
    const { port } = new URL(breaking.url)
    await breaking.close()

    const again = await onPort(Number(port), world.api.url)
    const env = { PUMP_MONITOR_API: breaking.url }
    expect((await world.query(argv(file), env)).stderr).toContain('add --resume to go on')
    expect((await world.query([...argv(file), '--resume', '--site', '1'], env)).stderr).toContain('asked for something else')
    const resumed = await world.query([...argv(file), '--resume'], env)
    await again.close()
    expect(resumed.stderr).toMatch(/^\d+ anomalies in .*resumed\.csv\n$/)
    expect(readFileSync(file, 'utf8') === readFileSync(whole, 'utf8')).toBe(true)
    expect([`${file}.part`, `${file}.part.json`].filter(existsSync)).toEqual([])
  })

  test('takes up what a killed one left, also when it was killed while writing a line', async () => {
    const file = join(world.folder, 'killed.csv')
    const breaking = await startOther(world.api.url, {
      instead: (count, response) => {
        if (count < 2) return false
        response.writeHead(404).end()
        return true
      },
    })
    await world.query(['export', '--pump', '3', '--output', file], { PUMP_MONITOR_API: breaking.url })
    await breaking.close()
    const part = readFileSync(`${file}.part`, 'utf8')
    writeFileSync(`${file}.part`, `${part}half a li`)
    const note = JSON.parse(readFileSync(`${file}.part.json`, 'utf8'))
    expect(note.bytes).toBe(Buffer.byteLength(part))
    // The same question to the same address.
    const again = await onPort(Number(new URL(breaking.url).port), world.api.url)
    const { code } = await world.query(['export', '--pump', '3', '--output', file, '--resume'], {
      PUMP_MONITOR_API: breaking.url,
    })
    await again.close()
    expect([code, new Set(idsOf(file)).size, idsOf(file).length]).toEqual([0, 150, 150])
    writeFileSync(`${file}.part`, 'x')
    writeFileSync(`${file}.part.json`, '{}')
    expect((await world.query(['export', '--output', file])).code).toBe(65)
  })

  test('keeps links and permissions, writes devices directly, and says what cannot be written', async () => {
    expect((await world.query(['export', '--pump', '1', '--output', '/dev/null'])).code).toBe(0)
    const failed = await world.query(['export', '--output', join(world.folder, 'no', 'folder.csv')])
    expect([failed.code, failed.stderr]).toEqual([73, expect.stringMatching(/^[^\n]*folder\.csv[^\n]*\n$/)])
    const [real, link] = [join(world.folder, 'real.csv'), join(world.folder, 'link.csv')]
    writeFileSync(real, 'before', { mode: 0o640 })
    symlinkSync('real.csv', link)
    expect((await world.query(['export', '--pump', '1', '--output', link])).code).toBe(0)
    expect([lstatSync(link).isSymbolicLink(), statSync(real).mode & 0o777, idsOf(real).length]).toEqual([true, 0o640, 150])
  })
})

/** The reference API behind a port that was another's before. */
async function onPort(port: number, upstream: string) {
  const server = createServer((request, response) => {
    fetch(`${upstream}${request.url}`, { headers: { authorization: request.headers.authorization ?? '' } })
      .then(async (got) => response.writeHead(got.status).end(await got.text()))
      .catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  expect((server.address() as AddressInfo).port).toBe(port)
  return {
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const COLUMNS = csvHeader().trimEnd().split(',')

const HARD = [
  'plain',
  'commas, "quotes" and\nlines\r\nin it',
  "=cmd|' /C calc'!A0",
  '+1',
  '-1 % below',
  '@SUM(A1)',
  '\tTab',
  'Größe 泵 π ± 🙂',
  ' leading and trailing ',
  "'quoted",
  ';semicolons;',
  '1.50',
  '"',
]

describe('exported CSV', () => {
  let hard: World
  let file: string
  const guarded = HARD.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text))

  beforeAll(async () => {
    const records = HARD.map((description, i): AnomalyRecord => {
      const one = anomaly({ description, timestamp: new Date(Date.UTC(2026, 0, 1, i)).toISOString() })
      return { ...one, metadata: { ...one.metadata, idempotencyKey: String(i) } }
    })
    hard = await startWorld(records)
    file = join(hard.folder, 'hard.csv')
    await hard.query(['export', '--output', file])
  })
  afterAll(() => hard.close())

  const described = (rows: readonly (readonly string[])[]) => {
    const [head = [], ...body] = rows
    expect(head).toEqual(COLUMNS)
    return body.map((row) => row[head.indexOf('description')])
  }

  test('reads the same in papaparse, with formulas behind an apostrophe and numbers as they are', () => {
    const { data, errors } = Papa.parse<string[]>(readFileSync(file, 'utf8').trimEnd())
    expect(errors).toEqual([])
    expect(described(data)).toEqual(guarded)
    const [head = [], first = []] = data
    expect(first[head.indexOf('flow_deviation')]).toBe('-31')
    expect(first[head.indexOf('power_deviation')]).toBe('')
  })

  test('has CRLF line ends and nothing that is not UTF-8', () => {
    const bytes = readFileSync(file)
    expect(Buffer.from(bytes.toString('utf8')).equals(bytes)).toBe(true)
    expect(bytes.toString('utf8').endsWith('\r\n')).toBe(true)
  })

  test.runIf(requireOrSkip(hasPrograms('python3'), 'apt-get install python3'))("reads the same in Python's csv", () => {
    const program =
      'import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))))'
    const { stdout, stderr } = spawnSync('python3', ['-c', program, file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(described(JSON.parse(stdout))).toEqual(guarded)
  })

  test.runIf(requireOrSkip(hasPrograms('soffice'), 'apt-get install libreoffice-calc'))('reads the same in LibreOffice', () => {
    // Comma, double quotes, UTF-8, from line 1, all columns as text: back to CSV as it was understood.
    const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false'
    const columns = COLUMNS.map((_, i) => `${i + 1}/2`).join('/')
    const out = join(hard.folder, 'office')
    const { status } = spawnSync(
      'soffice',
      [
        ...[`-env:UserInstallation=file://${hard.folder}/profile`, '--headless', `--infilter=CSV:44,34,76,1,${columns}`],
        ...['--convert-to', filter, '--outdir', out, file],
      ],
      { encoding: 'utf8' },
    )
    expect(status).toBe(0)
    const { data } = Papa.parse<string[]>(readFileSync(join(out, 'hard.csv'), 'utf8').trimEnd())
    expect(described(data).map((text) => text?.replaceAll('\r\n', '\n'))).toEqual(
      guarded.map((text) => text.replaceAll('\r\n', '\n')),
    )
  })
})
