import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anomaly } from '../api/anomalies.ts'
import { fill, fleetAnomalies } from './fleet.ts'
import { startWorld, TOKEN, type World } from './world.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
let world: World

beforeAll(async () => {
  world = await startWorld(fleetAnomalies({ pumps: 12, anomalies: 600, seed: 2 }))
})
afterAll(() => world.close())

const lines = (text: string) => text.trimEnd().split('\n')

/** Arguments as a shell would split them. */
function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

describe('help', () => {
  const names = ['list', 'export', 'stats', 'timeline', 'compare', 'watch', 'completion']

  test.each(names)('of %s has examples that work as printed', async (name) => {
    const { code, stdout } = await world.query([name, '--help'])
    expect(code).toBe(0)
    const examples = lines(stdout).filter((line) => line.startsWith('  pump-monitor query'))
    expect(examples.length).toBeGreaterThan(0)
    mkdirSync(join(world.folder, 'results'), { recursive: true })
    const result = { timestamp: '2026-01-01T00:00:00.000Z', status: 'Normal' }
    writeFileSync(join(world.folder, 'results', 'a.json'), JSON.stringify([result]))
    for (const example of examples) {
      const [argv = []] = [words(example.replace('  pump-monitor query ', '').replace(/ >>? .*$/, ''))]
      if (name === 'watch' && !argv.includes('--for')) argv.push('--for', '1s')
      if (argv.includes('--resume')) expect(existsSync(join(world.folder, 'anomalies.csv'))).toBe(true)
      const called = name === 'completion' ? await world.query(argv.slice(0, 2).concat('--help')) : await world.query(argv)
      expect({ example, code: called.code, stderr: called.code === 0 ? '' : called.stderr }).toEqual({
        example,
        code: 0,
        stderr: '',
      })
    }
  })

  test('of query names every command, and a mistyped one its nearest', async () => {
    const { stdout } = await world.query(['--help'])
    for (const name of names) expect(stdout).toContain(`  ${name} `)
    expect((await world.query(['expotr'])).stderr).toContain('did you mean export?')
  })

  test('of every option is no wider than a page', async () => {
    for (const name of names.slice(0, -1)) {
      const { stdout } = await world.query([name, '--help'])
      expect(Math.max(...lines(stdout).map((line) => line.length))).toBeLessThanOrEqual(120)
    }
  })
})

describe('list', () => {
  test('asks for one page and shows the newest first', async () => {
    const { stdout } = await world.query(['list', '--limit', '5', '--format', 'ndjson'])
    const times = lines(stdout).map((line) => JSON.parse(line).timestamp)
    expect(times).toHaveLength(5)
    expect(times).toEqual(times.toSorted().reverse())
  })

  test('filters by what the API knows and by what it does not', async () => {
    const { stdout } = await world.query([
      ...['list', '--site', '1', '--pump', '2,3', '--status', 'failure', '--parameter', 'head,power', '--min-confidence', '0.5'],
      ...['--limit', '1000', '--format', 'json'],
    ])
    const found: ReturnType<typeof anomaly>[] = JSON.parse(stdout)
    const all: ReturnType<typeof anomaly>[] = [...fleetAnomalies({ pumps: 12, anomalies: 600, seed: 2 })]
    const wanted = all.filter(
      ({ siteId, pumpId, additionalContext: { status, parameter }, metadata: { confidence } }) =>
        siteId === 1 &&
        [2, 3].includes(pumpId) &&
        status === 'Failure' &&
        (parameter.includes('head') || parameter.includes('power')) &&
        (confidence ?? 0) >= 0.5,
    )
    expect(wanted.length).toBeGreaterThan(2)
    expect(found.map((one) => one.metadata.idempotencyKey).toSorted()).toEqual(
      wanted.map((one) => one.metadata.idempotencyKey).toSorted(),
    )
  })

  test('sorts by deviation beyond the limit, by confidence and by remaining life', async () => {
    const values = async (sort: string, column: number) => {
      const { stdout } = await world.query(['list', '--sort', sort, '--limit', '40'])
      return lines(stdout)
        .slice(1)
        .map((line) => line.split(/ {2,}/)[column] ?? '')
    }
    const confidences = (await values('confidence', 5)).map(Number)
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a))
    const lives = (await values('rul', 6)).map((life) => Number.parseFloat(life))
    expect(lives).toEqual(lives.toSorted((a, b) => a - b))
    const worst = (await values('deviation', 4)).map((text) => Number(/−([\d.]+) %/.exec(text)?.[1]))
    expect(worst).toEqual(worst.toSorted((a, b) => b - a))
  })

  test('prints times in the zone that is stated', async () => {
    const at = async (zone: string) => lines((await world.query(['list', '--limit', '1', '--time-zone', zone])).stdout)
    expect((await at('Asia/Tokyo'))[0]).toContain('time (Asia/Tokyo)')
    expect((await at('Asia/Tokyo'))[1]?.slice(0, 16)).not.toBe((await at('UTC'))[1]?.slice(0, 16))
  })

  test('fits narrow terminals, and is coloured only where somebody looks or FORCE_COLOR asks', async () => {
    for (const columns of ['40', '60', '80', '120']) {
      const { stdout } = await world.query(['list'], { COLUMNS: columns })
      expect(Math.max(...lines(stdout).map((line) => line.length))).toBeLessThanOrEqual(Number(columns))
    }
    expect((await world.query(['list'])).stdout).not.toContain('\u001B')
    expect((await world.query(['list'], { FORCE_COLOR: '1' })).stdout).toContain('\u001B[31mFailure')
    expect((await world.query(['list'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001B')
  })

  test('into a pipe that closes early ends without an error', async () => {
    const list = `"${process.execPath}" "${CLI}" query list --limit 600 --format json --allow-insecure-loopback | head -1`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', list], { env: { ...process.env, ...world.env } })
    expect([stdout, stderr]).toEqual(['[\n', ''])
  })
})

describe('timeline', () => {
  test('draws a line of statuses for each pump, and as wide as the terminal', async () => {
    const { stdout } = await world.query(['timeline', '--site', '1', '--pump', '3', '--to', '2026-01-20'], { COLUMNS: '80' })
    const [head, , statuses, deviations] = lines(stdout)
    expect(head).toMatch(/^2026-01-\d\d \d\d:00 to 2026-01-20 23:59 \(UTC\), /)
    expect(statuses).toMatch(/^1\/3 Pump 3 +[·▂▅█]{57}$/)
    expect(deviations).toMatch(/^ {2}\w+ −\d+\.\d % /)
  })
})

describe('settings', () => {
  const file = () => join(world.folder, 'query.json')

  test('come from a configuration file, whose token file lies beside it', async () => {
    writeFileSync(join(world.folder, 'token'), TOKEN, { mode: 0o600 })
    const api = { base_url: world.api.url, token_file: 'token', allow_insecure_loopback: true }
    writeFileSync(file(), JSON.stringify({ api, time_zone: 'Europe/Vienna' }))
    const env = { ANOMALY_API_TOKEN: '', PUMP_MONITOR_API: '', PUMP_MONITOR_QUERY_CONFIG: file() }
    const { code, stdout } = await world.query(['list'], env)
    expect([code, stdout.slice(0, 20)]).toEqual([0, 'time (Europe/Vienna)'])
  })

  test.each([
    [{ api: { base_ulr: 'https://api.example.com' } }, 'unknown key base_ulr; did you mean base_url?', 78],
    [{ time_zone: 'Mars/Base' }, "'Mars/Base' is no zone", 64],
  ])('%j are refused with the place and the mend', async (settings, says, status) => {
    writeFileSync(file(), JSON.stringify(settings))
    const { code, stderr } = await world.query(['list', '--config', file()])
    expect(stderr).toContain(says)
    expect([code, lines(stderr)]).toEqual([status, [expect.any(String)]])
  })

  test.each([
    [['list', '--sort', 'status'], '--sort', 64],
    [['list', '--pump', 'two'], "'two' is no id", 64],
    [['list', '--status', 'bad'], "'bad' is no status", 64],
    [['list', '--limit', '0'], 'no whole number', 64],
    [['list', '--min-confidence', '70'], 'not from 0 to 1', 64],
    [['list', '--from', '7d', '--to', '9d'], 'is after --to', 64],
    [['list', '--form', '7d'], 'did you mean --from?', 64],
    [['export', '--resume'], 'wants --output', 64],
    [['stats', '--results', 'nowhere'], 'cannot be read', 65],
    [['watch', '--interval', 'soon'], 'no length of time', 64],
    [['list', '--api', 'http://192.0.2.1'], '--api: plain http would send the token in the clear', 78],
  ])('%j is one clear line', async (argv, says, status) => {
    const { code, stderr } = await world.query(argv)
    expect(stderr).toContain(says)
    expect([code, lines(stderr)]).toEqual([status, [expect.any(String)]])
  })
})

describe('watch', () => {
  test('shows what arrives, also late, once, and nothing that was there before', async () => {
    const now = Date.now()
    const made = (key: string, agoMs: number) => {
      const usual = anomaly({ timestamp: new Date(now - agoMs).toISOString(), pumpId: 77 })
      return { ...usual, metadata: { ...usual.metadata, idempotencyKey: key } }
    }
    fill(world.database, [made('before', 7_200_000), made('shown', 1_800_000)])
    const watching = world.query(['watch', '--pump', '77', '--interval', '1s', '--for', '4s', '--format', 'ndjson'])
    await new Promise((done) => setTimeout(done, 1_500))
    fill(world.database, [made('late', 20 * 3_600_000), made('new', 0)])
    const { code, stdout } = await watching
    expect(code).toBe(0)
    expect(lines(stdout).map((line) => JSON.parse(line).metadata.idempotencyKey)).toEqual(['shown', 'late', 'new'])
  })
})

describe('stats with results files', () => {
  test('gives exact times in status, gaps as unknown, and a reading in two files once', async () => {
    const folder = join(world.folder, 'devices', 'well-1', 'results')
    mkdirSync(folder, { recursive: true })
    const reading = (hour: number, status: string) => ({ timestamp: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(), status })
    writeFileSync(join(folder, 'a.json'), JSON.stringify([reading(0, 'Normal'), reading(1, 'Normal'), reading(2, 'Warning')]))
    const later = [reading(2, 'Critical'), reading(3, 'Idle'), reading(4, 'Normal'), reading(30, 'Normal')]
    writeFileSync(join(folder, 'b.ndjson'), later.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const { stdout } = await world.query(['stats', '--results', 'devices', '--format', 'json'])
    const hours = { Normal: 2, Warning: 0, Critical: 1, Failure: 0, Idle: 1, 'Not judged': 0, unknown: 26 }
    expect(JSON.parse(stdout).device_times).toEqual([
      {
        device: 'well-1',
        readings: 6,
        from: '2026-01-01T00:00:00.000Z',
        to: '2026-01-02T06:00:00.000Z',
        time_ms: Object.fromEntries(Object.entries(hours).map(([name, count]) => [name, count * 3_600_000])),
      },
    ])
    expect((await world.query(['stats', '--results', 'devices'])).stdout).toMatch(/well-1 +6 +2 h +– +1 h +– +1 h +– +26 h/)
  })
})

describe('completion', () => {
  const complete = (...typed: string[]) => {
    const script = readFileSync(join(world.folder, 'completion.bash'), 'utf8')
    const shell = `${script}\nCOMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _pump_monitor_query; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { cwd: world.folder, encoding: 'utf8' })
    expect(stderr).toBe('')
    return lines(stdout)
  }

  test('in bash offers commands, options, their values and files', async () => {
    const { queryCommand } = await import('../../src/query/query.ts')
    let script = ''
    const io = { stdout: (text: string) => (script += text), stderr: () => undefined, cwd: '/', env: {} }
    await queryCommand.run(['completion', 'bash'], io)
    writeFileSync(join(world.folder, 'completion.bash'), script)
    expect(complete('pump-monitor', 'query', 'co')).toEqual(['compare', 'completion'])
    expect(complete('pump-monitor', 'query', 'export', '--re')).toEqual(['--resume'])
    expect(complete('pump-monitor', 'query', 'list', '--re')).toEqual([''])
    expect(complete('pump-monitor', 'query', 'list', '--status', 'W')).toEqual(['Warning'])
    expect(complete('pump-monitor', 'query', 'export', '--output', 'completion.b')).toEqual(['completion.bash'])
  })

  test.each(['zsh', 'fish'])('for %s names every option of every command', async (shell) => {
    const { queryCommand } = await import('../../src/query/query.ts')
    let script = ''
    await queryCommand.run(['completion', shell], {
      stdout: (text) => (script += text),
      stderr: () => undefined,
      cwd: '/',
      env: {},
    })
    const { stdout } = await world.query(['stats', '--help'])
    const options = [...stdout.matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => name ?? '')
    expect(options.length).toBeGreaterThan(10)
    for (const name of options) expect(script).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`)
  })
})
