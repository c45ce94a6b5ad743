import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashOfFile } from '../../build/file-kind.ts'
import { fleetCommand } from '../../build/fleet.ts'
import { readFleet } from '../../build/fleet-file.ts'
import type { FleetIndex } from '../../build/fleet-index.ts'
import { type FleetRequest, runFleet } from '../../build/fleet-run.ts'
import { progressBar } from '../../build/progress.ts'
import { openBundle } from '../../src/bundle/open.ts'
import { WELL_1 } from '../binary/packaged.ts'
import { call, captured, keyPair, smallWorkshop } from './small-artifact.ts'
import { SMALL_RUNTIME } from './small-runtime.ts'

const NAMES = ['Well 1', 'Well 2', 'Well 3']
const ROW = (name: string) => `${name},x,24,Municipal Water and Wastewater,252.33,75.31,20.035,55.3`
const HEADER =
  'Well ID,pump_type,horsepower,application,baseline_flow_gpm,baseline_discharge_pressure_psi,baseline_power_hp,baseline_efficiency_percent'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-fleet-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Pump {
  readonly pump: string
  readonly version?: string
  readonly baseline?: string
  readonly config?: string
}

/** A fleet file in a folder of its own, with a baseline that knows the three wells. */
function fleetOf(pumps: readonly Pump[], defaults: object = {}): string {
  const home = mkdtempSync(join(folder, 'fleet-'))
  writeFileSync(join(home, 'baseline.csv'), `${[HEADER, ...NAMES.map(ROW)].join('\n')}\n`)
  const { columns, config, model } = WELL_1
  const file = join(home, 'fleet.json')
  writeFileSync(
    file,
    JSON.stringify({ defaults: { version: '1.0.0', baseline: 'baseline.csv', columns, config, model, ...defaults }, pumps }),
  )
  return file
}

const three = () => fleetOf(NAMES.map((pump) => ({ pump })))

interface Run extends Partial<Omit<FleetRequest, 'fleet'>> {
  readonly only?: readonly string[]
  readonly sign?: boolean
}

/** Runs the fleet with the small runtime. */
async function run(file: string, directory: string, { only = [], sign = false, ...request }: Run = {}) {
  const { io, text } = captured()
  const fleet = await readFleet(file, { only, embedToken: false })
  const key = sign ? keyPair(folder, 'fleet').key : null
  const code = await runFleet(
    { fleet, target: SMALL_RUNTIME.target, jobs: 2, directory, resume: false, whole: only.length === 0, ...request },
    io,
    async () => await smallWorkshop(folder, key),
  )
  return { code, ...text }
}

const indexOf = (directory: string) => JSON.parse(readFileSync(join(directory, 'fleet-index.json'), 'utf8')) as FleetIndex
const out = () => mkdtempSync(join(folder, 'out-'))
const inodes = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name !== 'fleet-index.json')
    .map((name) => `${name} ${statSync(join(directory, name)).ino}`)

describe('a fleet', () => {
  test('gets an executable and a ZIP for each pump, an index that is right, and a table', async () => {
    const directory = out()
    const { code, stdout } = await run(three(), directory)
    expect(code).toBe(0)
    const { pumps, ...index } = indexOf(directory)
    expect(index).toEqual({
      schema_version: 1,
      target: SMALL_RUNTIME.target,
      runtime_version: '0.1.0',
      runtime_sha256: SMALL_RUNTIME.sha256,
    })
    expect(pumps.map(({ pump, version, file }) => [pump, version, file])).toEqual(
      NAMES.map((name, index) => [name, '1.0.0', `well-${index + 1}_v1.0.0`]),
    )
    for (const { pump, file, size, sha256, artifact } of pumps) {
      expect(openBundle(join(directory, file)).manifest.pump).toBe(pump)
      for (const built of [{ file, size, sha256 }, artifact ?? { file, size: 0, sha256: '' }]) {
        expect(statSync(join(directory, built.file)).size).toBe(built.size)
        expect(await hashOfFile(join(directory, built.file))).toBe(built.sha256)
      }
    }
    expect(readdirSync(directory)).toHaveLength(7)
    expect(stdout).toMatch(/^Well 2 +1\.0\.0 +built +\d/m)
    expect(stdout).toContain('3 pumps: 3 built. ')
  })

  test('has the same bytes however many pumps are built at a time', async () => {
    const [one, four] = [out(), out()]
    await run(three(), one, { jobs: 1 })
    await run(three(), four, { jobs: 4 })
    for (const name of readdirSync(one))
      expect(readFileSync(join(four, name)).equals(readFileSync(join(one, name))), name).toBe(true)
  })

  test('is checked whole before anything is built: all mistakes of all pumps are told at once', async () => {
    const bad = join(folder, 'bad.json')
    writeFileSync(bad, '{"site_info": {"site_id": "x", "pump_id": 1}, "judgment": {}}')
    const file = fleetOf([{ pump: 'Well 1', config: bad }, { pump: 'Well 2' }, { pump: 'Well 9' }])
    const nothing = { directory: null }
    const { code, stdout, stderr } = await run(file, '', nothing)
    expect({ code, stdout }).toEqual({ code: 78, stdout: '1 of 3 pumps can be built\n' })
    expect(stderr).toMatch(/^Well 1: .*bad\.json: site_info\.site_id: is "x"; it must be/m)
    expect(stderr).toMatch(/^Well 1: .*bad\.json: unknown key judgment; did you mean judgement\?$/m)
    expect(stderr).toMatch(/^Well 9: .*baseline\.csv: .*Well 9/m)
  })

  test('builds the sound pumps when one is broken, and ends with 78', async () => {
    const directory = out()
    const { code, stdout } = await run(fleetOf([{ pump: 'Well 1' }, { pump: 'Well 9' }, { pump: 'Well 3' }]), directory)
    expect(code).toBe(78)
    expect(indexOf(directory).pumps.map(({ pump }) => pump)).toEqual(['Well 1', 'Well 3'])
    expect(stdout).toMatch(/^Well 9 +1\.0\.0 +1 wrong input$/m)
    expect(stdout).toContain('3 pumps: 2 built, 1 with wrong inputs.')
  })

  test('builds the other pumps when one cannot be written, and ends with 73', async () => {
    const directory = out()
    mkdirSync(join(directory, 'well-2_v1.0.0', 'in the way'), { recursive: true })
    const { code, stderr } = await run(three(), directory)
    expect(code).toBe(73)
    expect(stderr).toMatch(/well-2_v1\.0\.0: .*EISDIR/)
    expect(indexOf(directory).pumps.map(({ pump }) => pump)).toEqual(['Well 1', 'Well 3'])
  })

  test('builds one pump alone, and keeps the others in the index', async () => {
    const directory = out()
    await run(three(), directory)
    const before = inodes(directory)
    expect((await run(three(), directory, { only: ['Well 2'] })).stdout).toContain('1 pump: 1 built.')
    expect(
      inodes(directory)
        .filter((line) => !before.includes(line))
        .map((line) => line.split(' ')[0]),
    ).toEqual(['well-2_v1.0.0', 'well-2_v1.0.0.zip'])
    expect(indexOf(directory).pumps).toHaveLength(3)
    await expect(run(three(), directory, { only: ['Wel 2'] })).rejects.toThrow("has no pump 'Wel 2'; did you mean 'Well 2'?")
  })

  test('leaves nothing of pumps that are gone in the index', async () => {
    const directory = out()
    await run(three(), directory)
    await run(fleetOf([{ pump: 'Well 1' }]), directory)
    expect(indexOf(directory).pumps.map(({ pump }) => pump)).toEqual(['Well 1'])
  })
})

describe('a fleet that is resumed', () => {
  test('builds only what is missing, damaged or different', async () => {
    const directory = out()
    const file = three()
    await run(file, directory)
    const before = inodes(directory)
    expect((await run(file, directory, { resume: true })).stdout).toContain('3 pumps: 0 built, 3 left as they were.')
    expect(inodes(directory)).toEqual(before)
    rmSync(join(directory, 'well-1_v1.0.0.zip'))
    writeFileSync(join(directory, 'well-2_v1.0.0'), 'damaged')
    const { stdout } = await run(file, directory, { resume: true })
    expect(stdout).toMatch(/^Well 1 .* built /m)
    expect(stdout).toMatch(/^Well 2 .* built /m)
    expect(stdout).toMatch(/^Well 3 .* kept /m)
    const config = join(folder, 'changed.json')
    writeFileSync(config, readFileSync(WELL_1.config, 'utf8').replace('"min_speed_rpm": 100', '"min_speed_rpm": 200'))
    const changed = fleetOf(NAMES.map((pump) => (pump === 'Well 3' ? { pump, config } : { pump })))
    expect((await run(changed, directory, { resume: true })).stdout).toContain('3 pumps: 1 built, 2 left as they were.')
    expect((await run(changed, directory, { resume: true, sign: true })).stdout).toContain('3 pumps: 3 built.')
  })

  test('goes on where a killed run ended, and clears away what that left', async () => {
    const directory = out()
    const ended = spawnSync('true')
    writeFileSync(join(directory, `.well-1_v1.0.0.${ended.pid}.tmp`), 'half')
    writeFileSync(join(directory, `.well-1_v1.0.0.${process.ppid}.tmp`), 'of a run beside this one')
    await run(three(), directory, { only: ['Well 1'] })
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([`.well-1_v1.0.0.${process.ppid}.tmp`])
    expect((await run(three(), directory, { resume: true })).stdout).toContain('3 pumps: 2 built, 1 left as they were.')
  })
})

describe('the fleet file', () => {
  const refusal = async (file: string): Promise<string[]> => {
    const { code, stdout, stderr } = await call(fleetCommand, [file, '--check'])
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    return stderr.trimEnd().split('\n')
  }

  test('is refused with every mistake in it, before any pump is looked at', async () => {
    const file = fleetOf([{ pump: 'Well 1', version: '1.0' }, { pump: 'well-1' }, { pump: 'Well 2' }, { pump: 'Well 2' }])
    const lines = (await refusal(file)).map((line) => line.slice(line.indexOf('fleet.json')))
    expect(lines).toEqual([
      'fleet.json: pumps.0.version: 1.0 is no semantic version; write it as 1.0.0',
      'fleet.json: pumps.1.pump: well-1 gets the same files as Well 1 (well-1); give each pump a name of its own',
      'fleet.json: pumps.3.pump: Well 2 is listed twice; give each pump a name of its own',
    ])
    expect(await refusal(fleetOf([{ pump: 'Well 1' }], { columns: undefined }))).toEqual([
      expect.stringContaining('pumps.0.columns: is missing for Well 1; state it, or among the defaults'),
    ])
    expect(await refusal(fleetOf([]))).toEqual([expect.stringContaining('pumps')])
    expect(await refusal(join(folder, 'no-such.json'))).toEqual([expect.stringContaining('does not exist')])
  })

  test('of another target is not mixed into a folder', async () => {
    const directory = out()
    await run(three(), directory, { only: ['Well 1'] })
    const other = SMALL_RUNTIME.target === 'linux-x64' ? 'linux-arm64' : 'linux-x64'
    await expect(run(three(), directory, { target: other })).rejects.toThrow(`give ${other} a folder of its own`)
  })

  test('needs an output, unless it is only checked', async () => {
    for (const args of [
      [three()],
      [],
      ['a', 'b'],
      [three(), '--check', '--output', 'x'],
      [three(), '--output', 'x', '--jobs', '0'],
    ]) {
      expect((await call(fleetCommand, args)).code, args.join(' ')).toBe(64)
    }
    expect(existsSync('x')).toBe(false)
  })
})

describe('the progress bar', () => {
  function drawn(isTTY: boolean): string {
    const { io, text } = captured()
    const progress = progressBar(2, { isTTY, columns: 60, write: io.stderr })
    progress.step('Well 1')
    progress.line('a line that stays')
    progress.step('Well 2')
    progress.end()
    return text.stderr
  }

  test('is drawn in place on a terminal', () => {
    const text = drawn(true)
    expect(text).toContain('[###############...............] 1/2 Well 1')
    expect(text).toContain('[##############################] 2/2 Well 2')
    expect(text).toContain('\r\x1b[Ka line that stays\n')
    expect(text.endsWith('\r\x1b[K')).toBe(true)
  })

  test('leaves a log nothing but the lines', () => {
    expect(drawn(false)).toBe('a line that stays\n')
  })
})
