import type { FileOutcome } from '../readings/inbox.ts'
import { type OpenReadings, openReadings } from '../readings/open.ts'
import type { RowTally } from '../readings/tally.ts'
import { createJudging } from './judging.ts'
import type { Log } from './log.ts'
import { type EmbeddedModel, loadModel } from './model.ts'
import { openPlace, type Place } from './place.ts'
import { judgingSetup, openProgram, type Program } from './program.ts'
import { createResultsOutput } from './results-output.ts'
import { pruneKeptResults, resultsTarget } from './results-target.ts'
import type { RunRequest } from './run-request.ts'
import { FIRST_RUN, type RunState, readRunState, writeRunState } from './run-state.ts'
import { createRunTally, type RunTally } from './run-tally.ts'
import { deliveryState, type Sent, sendWaiting } from './sending.ts'
import { spoolOf } from './spooling.ts'
import type { World } from './world.ts'

/** What a run did. */
export interface RunReport {
  readonly program: Program
  readonly rows: RowTally
  readonly tally: RunTally
  /** What became of the files of a directory; empty for any other input. */
  readonly files: readonly FileOutcome[]
  /** Why there is no model; null when there is one. */
  readonly modelReason: string | null
  /** Path of the results; null when nothing was judged or results are not kept. */
  readonly results: string | null
  /** null: a run that only judges. */
  readonly sent: Sent | null
}

/** What the steps of one run share. */
interface Run {
  readonly request: RunRequest
  readonly program: Program
  readonly place: Place
  readonly saved: RunState
  readonly log: Log
  readonly world: World
}

/**
 * One run. Its order is what keeps everything: what is found is on disk before anything else happens, the state
 * moves on only then, and delivery comes last, so that a kill or a power cut at any instant costs nothing but a
 * second run. A batch that cannot be judged is thrown as a Failure only after what waits has been sent.
 */
export async function run(request: RunRequest, log: Log, world: World): Promise<RunReport> {
  const program = await openProgram(request.common.overlay, world.cwd)
  const place = await openPlace(program, request.common.stateDir, world, 0)
  try {
    const current: Run = { request, program, place, saved: readRunState(place, log), log, world }
    const model = await loadModel(program, place.path, log)
    const judged = await attempt(() => judgeBatch(current, model))
    const state = judged.kind === 'done' ? judged.value.state : current.saved
    const sent = request.keeps ? await sendWhatWaits(current, state) : null
    if (judged.kind === 'failed') throw judged.error
    const { rows, tally, files, results, acknowledge } = judged.value
    if (sent?.kind === 'delivered') acknowledge(sent.report.acknowledged)
    if (request.keeps) pruneKeptResults(program, place, results, state.watermark_ms)
    return { program, rows, tally, files, modelReason: model.reason, results, sent }
  } finally {
    place.lock.release()
  }
}

interface JudgedBatch {
  readonly rows: RowTally
  readonly tally: RunTally
  readonly files: readonly FileOutcome[]
  readonly results: string | null
  readonly state: RunState
  /** Says in the results which of these ids the API has. */
  readonly acknowledge: (ids: readonly string[]) => void
}

/** Readings in; anomalies in the spool, then the results, then the new state. */
async function judgeBatch({ request, program, place, saved, log, world }: Run, model: EmbeddedModel): Promise<JudgedBatch> {
  const from = request.afresh ? FIRST_RUN : saved
  const judging = createJudging(judgingSetup(program), model.loaded, from.judging)
  const spool = spoolOf(place, program, log)
  const counter = createRunTally()
  const results = createResultsOutput(resultsTarget(request, program, place, world.cwd), request.format)
  const readings = openReadings(request.inputs, {
    columns: program.columns,
    watermarkMs: from.watermark_ms,
    nowMs: world.nowMs(),
    buildTimeMs: Date.parse(program.manifest.build_time),
    cwd: world.cwd,
    stdin: world.stdin,
  })
  try {
    for await (const batch of readings.batches) {
      for (const judged of await judging.judge(batch)) {
        if (judged.anomaly !== null && request.keeps) spool.add(judged.anomaly)
        results.write(judged.record)
        counter.count(judged)
      }
    }
    const path = results.commit()
    const rows = readings.tally()
    const tally = counter.tally()
    // A run with nothing new leaves the state as it is: cron comes often, and a memory card wears.
    const state = rows.readings === 0 ? saved : { ...saved, watermark_ms: rows.watermarkMs, judging: judging.state() }
    if (request.keeps) {
      if (state !== saved) writeRunState(place, state)
      await settleFiles(readings, program, log)
    }
    const acknowledge = (ids: readonly string[]) =>
      results.acknowledge(new Set(ids.flatMap((id) => tally.anomalies.get(id) ?? [])))
    return { rows, tally, files: readings.files(), results: path, state, acknowledge }
  } catch (error) {
    results.abort()
    throw error
  }
}

/** Moves the files of an inbox out of the way, once their rows are in the state. */
async function settleFiles(readings: OpenReadings, program: Program, log: Log): Promise<void> {
  const { kept, removed } = await readings.settle(program.deployment.spool.max_mib * 1_048_576)
  for (const { file, reason } of kept)
    log('warn', `${file}: cannot be moved out of the inbox (${reason}); its rows are not judged again`)
  if (removed.length > 0) log('warn', `${removed.length} old files were removed from processed/ and failed/ to keep their bound`)
}

/** Sends from the spool, and keeps what the next run must know of the API. */
async function sendWhatWaits({ request, program, place, log, world }: Run, state: RunState): Promise<Sent> {
  const options = { allowInsecureLoopback: request.common.allowInsecureLoopback, force: false, saved: state.delivery }
  const sent = await sendWaiting(spoolOf(place, program, log), program, options, world)
  const delivery = deliveryState(sent, state.delivery)
  if (delivery !== state.delivery) writeRunState(place, { ...state, delivery })
  return sent
}

type Attempt<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown }

async function attempt<T>(step: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'done', value: await step() }
  } catch (error) {
    return { kind: 'failed', error }
  }
}
