import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSpoolName } from '../../src/delivery/spool-file.ts'
import { stateLayout } from '../../src/state/directory.ts'
import { TOKEN } from './api.ts'
import { fileIn, HEADER, scratch } from './packaged.ts'
import { type ProgramOutcome, runProgram } from './program.ts'

/** Keys of the deployment's `api`. */
export type ApiSettings = Readonly<Record<string, string | number>>

/** A pump's executable on a device of its own: where it keeps its state, and what it is told. */
export interface Device {
  readonly state: string
  readonly run: (input: string, more?: readonly string[]) => Promise<ProgramOutcome>
  readonly flush: (more?: readonly string[]) => Promise<ProgramOutcome>
  readonly doctor: () => Promise<ProgramOutcome>
  /** Changes the configuration of the runs to come. */
  readonly configure: (api: ApiSettings) => void
  /** Ids of the anomalies that wait, sorted. */
  readonly waiting: () => readonly string[]
  readonly rejected: () => readonly string[]
  /** Everything that the program has said, and everything that it has written. */
  readonly traces: () => readonly string[]
}

export interface DeviceSetup {
  readonly state?: string
  /** Where its configuration lies. */
  readonly folder?: string
  /** What starts the program; the executable and its arguments follow. */
  readonly under?: readonly string[]
  /** With stacks, which may tell more than they should. */
  readonly debug?: boolean
}

/** Its API's token is `TOKEN`, and plain http to this machine is allowed; quick attempts, unless `api` says otherwise. */
export function deviceWith(well: string, api: ApiSettings, setup: DeviceSetup = {}): Device {
  const { folder = scratch() } = setup
  const { state = join(folder, 'state'), under = [], debug = false } = setup
  const layout = stateLayout(state)
  const said: string[] = []
  const configure = (changed: ApiSettings) => {
    fileIn(folder, 'overlay.json', JSON.stringify({ api: { retry_delay_seconds: 0.05, ...changed } }))
  }
  configure(api)
  const call = async (args: readonly string[]) => {
    const [program = well, ...before] = [...under, well]
    const options = ['--state-dir', state, '--config', join(folder, 'overlay.json'), ...(debug ? ['--log-level', 'debug'] : [])]
    const outcome = await runProgram(program, {
      args: [...before, ...args, ...options],
      env: { PATH: process.env['PATH'] ?? '', ANOMALY_API_TOKEN: TOKEN },
    })
    said.push(outcome.stdout, outcome.stderr)
    return outcome
  }
  return {
    state,
    configure,
    run: (input, more = ['--allow-insecure-loopback']) => call([input, ...more]),
    flush: (more = ['--allow-insecure-loopback']) => call(['flush', ...more]),
    doctor: () => call(['doctor', '--allow-insecure-loopback']),
    waiting: () => idsIn(layout.unsent),
    rejected: () => idsIn(layout.rejected),
    traces: () => [...said, ...filesIn(state)],
  }
}

/** A batch of so many hours in which the pump fails: an anomaly an hour, the first a Warning, the others Failures. */
export function failingHours(count: number, folder = scratch()): string {
  const rows = Array.from({ length: count }, (_, hour) => {
    const [day, clock] = new Date(Date.UTC(2024, 5, 1, hour)).toISOString().slice(0, 16).split('T')
    const [year, month, date] = (day ?? '').split('-')
    return `${month}/${date}/${year} ${clock},Well 1,20,10,2.7,20.4,57.5,1795`
  })
  return fileIn(folder, 'failing.csv', `${[HEADER, ...rows].join('\n')}\n`)
}

function idsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => parseSpoolName(name)?.id ?? [])
    .sort()
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
}
