import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { hostTarget } from '../../build/targets.ts'
import { decodeSpoolFile, parseSpoolName } from '../../src/delivery/spool-file.ts'
import { reasonOf } from '../../src/failure.ts'
import { createRandom, type Random } from '../../src/training/random.ts'
import { TOKEN } from '../binary/api.ts'
import { AFTER_AN_END, type Kept, keptIn } from '../binary/kept.ts'
import { fileIn, packaged } from '../binary/packaged.ts'
import { runProgram } from '../binary/program.ts'
import { BAD_ROWS, csvOf, WORSENING } from '../binary/worsening.ts'
import { startServer, type TestServer } from '../delivery/server.ts'
import { type FileSystem, openPowerDisk, type PowerDisk } from '../harness/power-disk.ts'
import { quickFolder } from '../state/folder.ts'

/** What many power cuts did. */
export interface CutMany {
  /** Of the first cut that had any. */
  readonly problems: readonly string[]
  /** How many anomalies had been delivered, at each cut that met a run at work. */
  readonly delivered: readonly number[]
}

/** Every so many cuts meet a device that has yet to extract its native libraries; that takes longer than all the rest. */
const NEW_DEVICE = 4
/** Room for the libraries of a few devices: what was removed may come back with the next cut. */
const DISK_MIB = 192

/** Cuts the power of runs whose command lines start with `prefix`, each of a device of its own. */
export async function cutExecutable(fileSystem: FileSystem, times: number, prefix: readonly string[]): Promise<CutMany> {
  const folder = quickFolder()
  const well = await packaged(hostTarget() ?? 'linux-x64')
  const input = fileIn(folder, 'in.csv', csvOf(WORSENING))
  const undisturbed = await deviceIn(folder, input, null)
  const reference = await referenceOf(well, undisturbed)
  const random = createRandom(times)
  // Until when cuts come; follows the machine, which other tests keep busy.
  const spanMs = { new: reference.bootMs * 8, other: reference.bootMs * 4 }
  const problems: string[] = []
  const delivered: number[] = []
  const disk = openPowerDisk(fileSystem, DISK_MIB)
  try {
    for (let n = 0; n < times && problems.length === 0; n += 1) {
      const kind = n % NEW_DEVICE === 0 ? 'new' : 'other'
      const home = join(disk.path, `device-${n}`)
      const device = await deviceIn(home, input, random.uniform() < 0.5 ? join(home, 'out.json') : null)
      if (kind === 'other') cpSync(join(undisturbed.state, 'native'), join(device.state, 'native'), { recursive: true })
      spawnSync('sync', ['-f', disk.path])
      const moment = momentOf(random, spanMs[kind])
      const { cut, spooled } = await runUntilCut([...prefix, well], device, disk, moment)
      const known = spooled.length + device.server.keys().length
      if (cut) delivered.push(device.server.keys().length)
      if (!cut) spanMs[kind] *= 0.9
      else if (known === 0 && 'afterMs' in moment && moment.afterMs > spanMs[kind] / 2) spanMs[kind] *= 1.2
      disk.restart()
      const found = await check(well, device, spooled, reference)
      problems.push(...found.map((problem) => `cut ${n} at ${JSON.stringify(moment)}: ${problem}`))
      await device.server.close()
      rmSync(home, { recursive: true })
    }
  } finally {
    disk.close()
  }
  return { problems, delivered }
}

/** A device whose API stores whatever comes, as often as it comes. */
interface Device {
  readonly state: string
  /** null: the results are among the state. */
  readonly output: string | null
  readonly server: TestServer
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

async function deviceIn(home: string, input: string, output: string | null): Promise<Device> {
  const state = join(home, 'state')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const server = await startServer({ ignoresKeys: true })
  const overlay = fileIn(home, 'overlay.json', JSON.stringify({ api: { base_url: server.url, retry_delay_seconds: 0.05 } }))
  const reporting = ['--state-dir', state, '--config', overlay, '--allow-insecure-loopback']
  const args = [input, ...(output === null ? [] : [output]), ...reporting]
  return { state, output, server, args, env: { ANOMALY_API_TOKEN: TOKEN } }
}

interface Reference {
  readonly kept: Kept
  readonly keys: readonly string[]
  /** How long the executable takes to say something [ms]. */
  readonly bootMs: number
}

async function referenceOf(well: string, { args, env, state, server }: Device): Promise<Reference> {
  await runProgram(well, { args, env })
  const startedMs = performance.now()
  await runProgram(well, { args: ['info', '--state-dir', state] })
  const reference = { kept: keptIn(state), keys: [...server.keys()].sort(), bootMs: performance.now() - startedMs }
  if (reference.keys.length !== BAD_ROWS) throw new Error(`the undisturbed run delivered ${reference.keys.length} anomalies`)
  return reference
}

/** When the power goes: some time after the start, or when the API has read a request, which it has stored by then or not. */
type Moment = { readonly afterMs: number } | { readonly request: number; readonly stored: boolean }

function momentOf(random: Random, spanMs: number): Moment {
  if (random.uniform() < 0.5) return { afterMs: random.between(0.1, 1) * spanMs }
  return { request: random.integer(BAD_ROWS), stored: random.uniform() < 0.5 }
}

/** Runs the device until the power goes; says whether it was still at work, and which ids its spool held for certain. */
async function runUntilCut(command: readonly string[], { state, server, args, env }: Device, disk: PowerDisk, moment: Moment) {
  const { promise: wanted, resolve: want } = Promise.withResolvers<void>()
  // The program outlives its disk for a moment; what it sends then is a thing that no cut lets happen.
  const refuse = () => {
    server.behave = () => ({ kind: 'cut', stored: false })
  }
  if ('request' in moment) {
    server.behave = (number) => {
      if (number < moment.request) return { kind: 'work' }
      refuse()
      want()
      return { kind: 'cut', stored: moment.stored }
    }
  }
  const [program = '', ...before] = command
  const child = spawn(program, [...before, ...args], { env: { ...env, PATH: process.env['PATH'] }, stdio: 'ignore' })
  const ended = once(child, 'exit').then(() => 'ended')
  const timer = setTimeout(want, 'afterMs' in moment ? moment.afterMs : 60_000)
  const first = await Promise.race([wanted.then(() => 'cut'), ended])
  clearTimeout(timer)
  // The newest one may lack the sync of its folder.
  const spooled = idsIn(state, () => true).slice(0, -1)
  refuse()
  await disk.cut().finally(() => child.kill('SIGKILL'))
  await ended
  return { cut: first === 'cut', spooled }
}

async function check(well: string, device: Device, spooled: readonly string[], reference: Reference): Promise<string[]> {
  const { state, output, server, args, env } = device
  const problems: string[] = []
  const there = new Set([...server.keys(), ...idsIn(state, isSound)])
  for (const id of spooled) if (!there.has(id)) problems.push(`${id} was spooled and is gone`)
  server.behave = () => ({ kind: 'work' })
  const { code, stderr } = await runProgram(well, { args, env })
  // Not a word of a damaged state, of a damaged anomaly, of a model that cannot be loaded.
  if (code !== 0 || !AFTER_AN_END.test(stderr)) problems.push(`the next run ends with ${code} ${stderr}`)
  const keys = [...server.keys()].sort()
  if (!isDeepStrictEqual(keys, reference.keys)) problems.push(`the API holds ${keys.join()}`)
  problems.push(...differences(() => keptIn(state, output), reference.kept))
  return problems
}

function differences(read: () => Kept, expected: Kept): string[] {
  try {
    const kept = read()
    if (!isDeepStrictEqual(kept.state, expected.state)) return [`the state is ${JSON.stringify(kept.state)}`]
    if (!isDeepStrictEqual(kept.readings, expected.readings)) return [`the results are ${JSON.stringify(kept.readings)}`]
    return []
  } catch (error) {
    return [reasonOf(error)]
  }
}

/** Ids of the waiting anomalies, the oldest first, as far as their files are to be counted. */
function idsIn(state: string, counts: (file: string, id: string) => boolean): string[] {
  const folder = join(state, 'unsent_anomalies')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const entry = parseSpoolName(name)
      return entry !== null && counts(join(folder, name), entry.id) ? [entry.id] : []
    })
}

function isSound(file: string, id: string): boolean {
  return decodeSpoolFile(readFileSync(file, 'utf8'), id).kind === 'sound'
}
