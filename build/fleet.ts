import { mkdir, readdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { EXIT, UsageFailure } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import type { Workshop } from './build-pump.ts'
import { buildTime } from './build-time.ts'
import { CACHE } from './cache.ts'
import { buildFleetPump, type PumpOutcome, problemLines, validatePump } from './fleet-build.ts'
import { type FleetPump, readFleet } from './fleet-file.ts'
import { type FleetIndex, INDEX, readIndex, writeIndex } from './fleet-index.ts'
import { summaryTable } from './fleet-summary.ts'
import { inParallel } from './in-parallel.ts'
import { progressBar } from './progress.ts'
import { buildRuntime } from './runtime.ts'
import { runtimePart } from './runtime-part.ts'
import { KEY_VARIABLE, signingKey } from './signature.ts'
import { TARGETS, targetNamed } from './targets.ts'

const HELP = `Builds the executables of many pumps, and the ZIP of each. Everything is checked before anything is built, and all
mistakes of all pumps are told at once; pumps without a mistake are built all the same.

usage: pump-monitor fleet FLEET.json --output DIR [options]

  FLEET.json         {"defaults": {…}, "pumps": [{"pump": NAME, …}, …]}, where … are version, baseline, columns, config,
                     model and tolerances as for pump-monitor package; paths start at the folder of FLEET.json
  --output DIR       gets <pump>_v<version>, its ZIP, and ${INDEX}
  --target TARGET    ${Object.keys(TARGETS).join(' or ')} (default linux-arm64)
  --jobs N           pumps at a time (default: one per processor, at most 4)
  --only PUMP        this pump alone; may be repeated. The index keeps the others
  --resume           leave alone what an earlier run finished and nothing has changed since
  --check            check the inputs and build nothing
  --no-zip           executables only
  --sign-key FILE    Ed25519 key in PEM that signs each artifact (default: the PEM text in $${KEY_VARIABLE}; else unsigned)
  --embed-token      let the bearer_token of a configuration into its executable

exit status: 0 all pumps are built; 64 wrong use; 73 a pump could not be written; 78 an input is wrong

example:
  pump-monitor fleet fleet.json --target linux-arm64 --output artifacts/arm64 --sign-key release.key
`

const PROGRAM = 'pump-monitor fleet'

const OPTIONS = {
  output: { type: 'string' },
  target: { type: 'string', default: 'linux-arm64' },
  jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  only: { type: 'string', multiple: true, default: [] as string[] },
  resume: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  'no-zip': { type: 'boolean', default: false },
  'sign-key': { type: 'string' },
  'embed-token': { type: 'boolean', default: false },
} as const

export const fleetCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw wrongUse('takes one fleet file')
    if (values.output === undefined && !values.check) throw wrongUse('--output is missing')
    if (!/^[1-9]\d{0,2}$/.test(values.jobs)) throw wrongUse(`--jobs ${values.jobs} is no number of pumps`)
    const jobs = Number(values.jobs)
    const target = targetNamed(PROGRAM, values.target)
    const key = signingKey(values['sign-key'], io.env, io.cwd)
    const fleet = await readFleet(resolve(io.cwd, file), { only: values.only, embedToken: values['embed-token'] })

    const { sound, broken } = await validate(fleet, jobs, io)
    if (values.check) {
      io.stdout(`${sound.length} of ${fleet.length} pumps can be built\n`)
      return broken.length === 0 ? EXIT.ok : EXIT.configuration
    }
    const directory = resolve(io.cwd, values.output ?? '')
    const earlier = await readIndex(directory, target)
    const log = (line: string): void => io.stderr(`${line}\n`)
    const runtime = await buildRuntime(target, log)
    const part = await runtimePart(runtime.path, { directory: CACHE, log })
    const workshop = { runtime, part, buildTime: buildTime(io.env, new Date()), key, zip: !values['no-zip'] }
    try {
      await mkdir(directory, { recursive: true })
      await removeUnfinished(directory)
    } catch (error) {
      throw outputFailure(directory, 'make the folder of the fleet', error)
    }
    const outcomes = await buildAll(
      sound,
      { directory, workshop, jobs, earlier, resume: values.resume, whole: values.only.length === 0 },
      io,
    )
    const all = [...outcomes, ...broken]
    io.stdout(summaryTable(all, join(directory, INDEX)))
    if (all.some(({ kind }) => kind === 'failed')) return EXIT.output
    return all.some(({ kind }) => kind === 'broken') ? EXIT.configuration : EXIT.ok
  },
}

interface Plan {
  readonly directory: string
  readonly workshop: Workshop
  readonly jobs: number
  readonly earlier: FleetIndex | null
  readonly resume: boolean
  /** All pumps of the fleet: what the index lists beside them is gone. */
  readonly whole: boolean
}

/** Checks all pumps and says every mistake; nothing is held but what is wrong. */
async function validate(fleet: readonly FleetPump[], jobs: number, io: CommandIo) {
  const sound: FleetPump[] = []
  const broken: Extract<PumpOutcome, { kind: 'broken' }>[] = []
  const progress = progressBar(fleet.length, terminal(io))
  await inParallel(fleet, jobs, async (pump) => {
    const checked = await validatePump(pump)
    const { pump: name } = pump.inputs
    if (checked.kind === 'sound') sound.push(pump)
    else broken.push({ kind: 'broken', pump, problems: checked.problems })
    const lines =
      checked.kind === 'sound'
        ? checked.warnings.map((warning) => `warning: ${name}: ${warning}`)
        : problemLines(name, checked.problems)
    for (const line of lines) progress.line(line)
    progress.step(`${name} checked`)
  })
  progress.end()
  return { sound, broken }
}

/** The index is written anew after each pump, so that an interrupted run can be resumed. */
async function buildAll(pumps: readonly FleetPump[], plan: Plan, io: CommandIo): Promise<readonly PumpOutcome[]> {
  const { directory, workshop, earlier, resume, whole } = plan
  const { version: runtime_version, sha256: runtime_sha256, target } = workshop.runtime
  const slugs = new Set(pumps.map(({ slug }) => slug))
  const before = new Map((earlier?.pumps ?? []).map((entry) => [entry.slug, entry]))
  const index = new Map(whole && !resume ? [] : [...before].filter(([slug]) => !whole || slugs.has(slug)))
  const outcomes: PumpOutcome[] = []
  let writing = Promise.resolve()
  const progress = progressBar(pumps.length, terminal(io))
  await inParallel(pumps, plan.jobs, async (pump) => {
    const outcome = await buildFleetPump(pump, directory, workshop, resume ? (before.get(pump.slug) ?? null) : null)
    outcomes.push(outcome)
    if (outcome.kind === 'built' || outcome.kind === 'kept') index.set(pump.slug, outcome.entry)
    if (outcome.kind === 'failed') progress.line(outcome.reason)
    if (outcome.kind === 'broken') for (const line of problemLines(pump.inputs.pump, outcome.problems)) progress.line(line)
    writing = writing.then(() =>
      writeIndex(directory, { schema_version: 1, target, runtime_version, runtime_sha256, pumps: [...index.values()] }),
    )
    await writing
    progress.step(pump.inputs.pump)
  })
  progress.end()
  return outcomes
}

/** What a run that was killed left behind; the files of one that runs beside this have another, living process in their name. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /^\..*\.(\d+)\.tmp$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(directory, name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function terminal(io: CommandIo) {
  return { isTTY: process.stderr.isTTY === true, columns: process.stderr.columns ?? 80, write: io.stderr }
}

function wrongUse(what: string): UsageFailure {
  return new UsageFailure({ where: PROGRAM, what, mend: `see ${PROGRAM} --help` })
}
