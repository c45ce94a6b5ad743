import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandIo } from '../src/command.ts'
import { EXIT } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import type { Workshop } from './build-pump.ts'
import type { Log } from './cache.ts'
import { buildFleetPump, type PumpOutcome, problemLines, validatePump } from './fleet-build.ts'
import type { FleetPump } from './fleet-file.ts'
import { type FleetIndex, INDEX, readIndex, writeIndex } from './fleet-index.ts'
import { summaryTable } from './fleet-summary.ts'
import { inParallel } from './in-parallel.ts'
import { progressBar } from './progress.ts'
import type { Target } from './targets.ts'

export interface FleetRequest {
  readonly fleet: readonly FleetPump[]
  readonly target: Target
  /** Pumps at a time. */
  readonly jobs: number
  /** null: check only. */
  readonly directory: string | null
  /** Leave alone what an earlier run finished and nothing has changed since. */
  readonly resume: boolean
  /** These are all pumps there are: what the index lists beside them is gone. */
  readonly whole: boolean
}

type Broken = Extract<PumpOutcome, { kind: 'broken' }>

/**
 * Checks all pumps, then builds those without a mistake; `openWorkshop` makes what they share, once it is needed.
 * Returns the exit code.
 */
export async function runFleet(
  request: FleetRequest,
  io: CommandIo,
  openWorkshop: (log: Log) => Promise<Workshop>,
): Promise<number> {
  const { fleet, target, directory } = request
  // Another target's folder is refused before anything takes long.
  const earlier = directory === null ? null : await readIndex(directory, target)
  const { sound, broken } = await validate(request, io)
  if (directory === null) {
    io.stdout(`${sound.length} of ${fleet.length} pumps can be built\n`)
    return broken.length === 0 ? EXIT.ok : EXIT.configuration
  }
  const workshop = await openWorkshop((line) => io.stderr(`${line}\n`))
  try {
    await mkdir(directory, { recursive: true })
    await removeUnfinished(directory)
  } catch (error) {
    throw outputFailure(directory, 'make the folder of the fleet', error)
  }
  const outcomes = [...(await buildAll(sound, { ...request, directory, workshop, earlier }, io)), ...broken]
  io.stdout(summaryTable(outcomes, join(directory, INDEX)))
  if (outcomes.some(({ kind }) => kind === 'failed')) return EXIT.output
  return outcomes.some(({ kind }) => kind === 'broken') ? EXIT.configuration : EXIT.ok
}

interface Plan extends FleetRequest {
  readonly directory: string
  readonly workshop: Workshop
  readonly earlier: FleetIndex | null
}

/** Checks all pumps and says every mistake; nothing is held but what is wrong. */
async function validate({ fleet, jobs }: FleetRequest, io: CommandIo) {
  const sound: FleetPump[] = []
  const broken: Broken[] = []
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
