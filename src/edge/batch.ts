import type { FileOutcome } from '../readings/inbox.ts'
import { type OpenReadings, openReadings } from '../readings/open.ts'
import type { RowTally } from '../readings/tally.ts'
import { createHeap } from './heap.ts'
import { createJudging, type JudgedReading, type Judging } from './judging.ts'
import type { Log } from './log.ts'
import { type LoadedModel, NO_MODEL } from './predictor.ts'
import { judgingSetup, type Program } from './program.ts'
import { createResultsOutput } from './results-output.ts'
import { removeRepeatedResults, resultsTarget } from './results-target.ts'
import type { Run } from './run-context.ts'
import { FIRST_RUN, type RunState, writeRunState } from './run-state.ts'
import { createRunTally, type RunTally } from './run-tally.ts'

/** What judging a batch leaves. */
export interface JudgedBatch {
  readonly rows: RowTally
  readonly tally: RunTally
  readonly files: readonly FileOutcome[]
  readonly results: string | null
  /** Why the model could not be loaded; null when it was, or when there was nothing to ask it. */
  readonly modelReason: string | null
  readonly state: RunState
  /** Says in the results which of these ids the API has. */
  readonly acknowledge: (ids: readonly string[]) => void
}

/**
 * Readings in; anomalies in the spool, then the results, then the new state. The model is loaded once there is a
 * reading to judge. Throws a Failure; results are then given up.
 */
export async function judgeBatch({ request, program, place, spool, saved, log, world }: Run): Promise<JudgedBatch> {
  const from = request.afresh ? FIRST_RUN : saved
  let model: LoadedModel | null = null
  let judging: Judging | null = null
  const heap = createHeap()
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
  const keep = (judged: Iterable<JudgedReading>): void => {
    for (const one of judged) {
      if (one.anomaly !== null) spool?.add(one.anomaly)
      results.write(one.record)
      counter.count(one)
    }
  }
  try {
    for await (const batch of readings.batches) {
      model ??= await modelOf(program, place.path, log)
      judging ??= createJudging(judgingSetup(program), model, from.judging)
      keep(await judging.judge(batch))
      heap.passed(batch.length)
    }
    if (judging !== null) keep(await judging.rest())
    spool?.settle()
    const path = results.commit()
    const rows = readings.tally()
    const tally = counter.tally()
    // A run with nothing new leaves the state as it is: cron comes often, and a memory card wears.
    const state = judging === null ? saved : { ...saved, watermark_ms: rows.watermarkMs, judging: judging.state() }
    if (request.keeps) {
      removeRepeatedResults(place, path)
      if (state !== saved) writeRunState(place, state)
      settleFiles(readings, program, log)
    }
    const acknowledge = (ids: readonly string[]) =>
      results.acknowledge(new Set(ids.flatMap((id) => tally.anomalies.get(id) ?? [])))
    const modelReason = model?.kind === 'unavailable' ? model.reason : null
    return { rows, tally, files: readings.files(), results: path, modelReason, state, acknowledge }
  } catch (error) {
    results.abort()
    throw error
  } finally {
    await judging?.close()
  }
}

/** What it takes to load a model is itself loaded where there is one. */
async function modelOf({ bundle, model }: Program, stateDirectory: string, log: Log): Promise<LoadedModel> {
  if (model === null) return NO_MODEL
  const { loadModel } = await import('./model.ts')
  return await loadModel(bundle, model, stateDirectory, log)
}

/** Moves the files of an inbox out of the way, once their rows are in the state. */
function settleFiles(readings: OpenReadings, program: Program, log: Log): void {
  for (const file of readings.files()) {
    if (file.kind !== 'ahead') continue
    const { file: path, rows } = file
    const what = `stays in the inbox until this device's clock has reached its rows from the future (${rows}); correct the clock or the rows`
    log('warn', `${path}: ${what}`)
  }
  const { kept, removed } = readings.settle(program.deployment.spool.max_mib * 1_048_576)
  for (const { file, reason } of kept)
    log('warn', `${file}: cannot be moved out of the inbox (${reason}); its rows are not judged again`)
  if (removed.length > 0)
    log('warn', `${removed.length} old files were removed from processed/ and failed/ to keep them under spool.max_mib`)
}
