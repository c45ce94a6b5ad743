import type { Spool } from '../delivery/spool.ts'
import type { SpoolEntry } from '../delivery/spool-file.ts'
import type { FileOutcome } from '../readings/inbox.ts'
import type { RowTally } from '../readings/tally.ts'
import { judgeBatch } from './batch.ts'
import type { Logging } from './log.ts'
import { openPlace } from './place.ts'
import { openProgram, type Program } from './program.ts'
import { pruneKeptResults } from './results-target.ts'
import type { Run } from './run-context.ts'
import type { RunRequest } from './run-request.ts'
import { readRunState } from './run-state.ts'
import type { RunTally } from './run-tally.ts'
import { sendAndRemember } from './send-and-remember.ts'
import type { Sent } from './sending.ts'
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
export async function run(request: RunRequest, { log, hide }: Logging, world: World): Promise<RunReport> {
  const program = openProgram(request.common.overlay, world.cwd)
  const place = await openPlace(program, request.common.stateDir, world, 0)
  try {
    const spool = request.keeps ? spoolOf(place, program, log) : null
    const before = spool?.waiting() ?? []
    const current: Run = { request, program, place, spool, saved: readRunState(place, log), log, world }
    const judged = await attempt(() => judgeBatch(current))
    const state = judged.kind === 'done' ? judged.value.state : current.saved
    const options = { allowInsecureLoopback: request.common.allowInsecureLoopback, force: false, hide }
    const sending = await attempt(async () => {
      if (spool === null) return null
      // What a batch that fails has found is found again, and is sent then.
      const sendable = judged.kind === 'done' ? spool : onlyOf(spool, before)
      return await sendAndRemember(sendable, current, options, state, (sent) => {
        if (judged.kind === 'done' && sent.kind === 'delivered') judged.value.acknowledge(sent.report.acknowledged)
      })
    })
    if (judged.kind === 'failed') throw judged.error
    if (sending.kind === 'failed') throw sending.error
    const { rows, tally, files, results, modelReason } = judged.value
    if (request.keeps) pruneKeptResults(program, place, state.watermark_ms)
    return { program, rows, tally, files, modelReason, results, sent: sending.value }
  } finally {
    place.lock.release()
  }
}

/** The spool as far as it held these entries. */
function onlyOf(spool: Spool, entries: readonly SpoolEntry[]): Spool {
  const ids = new Set(entries.map(({ id }) => id))
  return { ...spool, waiting: () => spool.waiting().filter(({ id }) => ids.has(id)) }
}

type Attempt<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown }

async function attempt<T>(step: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'done', value: await step() }
  } catch (error) {
    return { kind: 'failed', error }
  }
}
