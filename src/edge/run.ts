import type { Spool } from '../delivery/spool.ts'
import type { FileOutcome } from '../readings/inbox.ts'
import type { RowTally } from '../readings/tally.ts'
import { judgeBatch } from './batch.ts'
import type { Log } from './log.ts'
import { loadModel } from './model.ts'
import { openPlace } from './place.ts'
import { openProgram, type Program } from './program.ts'
import { pruneKeptResults } from './results-target.ts'
import type { Run } from './run-context.ts'
import type { RunRequest } from './run-request.ts'
import { type RunState, readRunState, writeRunState } from './run-state.ts'
import type { RunTally } from './run-tally.ts'
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
    // Listed before the batch: what a batch that fails has found is found again, and is sent then.
    const waiting = spoolOf(place, program, log)
    const model = await loadModel(program, place.path, log)
    const judged = await attempt(() => judgeBatch(current, model))
    const state = judged.kind === 'done' ? judged.value.state : current.saved
    const spool = judged.kind === 'done' ? spoolOf(place, program, log) : waiting
    const sending = await attempt(async () => (request.keeps ? await sendFrom(spool, current, state) : null))
    if (judged.kind === 'failed') throw judged.error
    if (sending.kind === 'failed') throw sending.error
    const { rows, tally, files, results, acknowledge } = judged.value
    const sent = sending.value
    if (sent?.kind === 'delivered') acknowledge(sent.report.acknowledged)
    if (request.keeps) pruneKeptResults(program, place, results, state.watermark_ms)
    return { program, rows, tally, files, modelReason: model.reason, results, sent }
  } finally {
    place.lock.release()
  }
}

/** Sends from the spool, and keeps what the next run must know of the API. */
async function sendFrom(spool: Spool, { request, program, place, world }: Run, state: RunState): Promise<Sent> {
  const options = { allowInsecureLoopback: request.common.allowInsecureLoopback, force: false, saved: state.delivery }
  const sent = await sendWaiting(spool, program, options, world)
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
