import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSpool } from '../../../src/delivery/spool.ts'
import { stateLayout } from '../../../src/state/directory.ts'
import { aRecord } from '../../delivery/records.ts'
import { BATCHES, type BatchName, SEED } from './batches.ts'
import type { BenchForest } from './forest.ts'
import { type KeptState, keepState } from './kept-state.ts'
import { peerCommand } from './peer.ts'
import type { BenchPump, Executables } from './pump.ts'
import { ran } from './ran.ts'
import { writeReadings } from './readings.ts'
import type { Subject } from './rounds.ts'

/** Everything that the subjects of a comparison are made of; files of one folder. */
export interface Workshop {
  readonly folder: string
  readonly pump: BenchPump
  readonly forest: BenchForest
  /** Batches by name, written at their first use. */
  readonly batch: (name: BatchName) => string
  readonly ours: (name: string, options: OursOptions, peer?: string) => Subject
  /** Executables of the same pump and an earlier program, to compare with; null without. */
  readonly before: Executables | null
  /** null without the Python peer. */
  readonly python: (name: string, batch: BatchName, withForest: boolean) => Subject | null
}

export interface OursOptions {
  readonly executable: string
  readonly batch: BatchName
  /** Anomalies that wait. */
  readonly spool?: number
  /** What the pump was through before: thirty days, that and the batch itself, or nothing since it was installed. */
  readonly past?: 'in service' | 'batch judged' | 'new'
}

export function createWorkshop(folder: string, pump: BenchPump, forest: BenchForest, before: Executables | null): Workshop {
  const batch = (name: BatchName): string => {
    const path = join(folder, `${name}.csv`)
    if (!existsSync(path)) writeReadings(path, { seed: SEED, ...BATCHES[name] })
    return path
  }
  const states = new Map<string, KeptState>()

  function stateOf(directory: string, { executable, batch: judged, spool = 0, past }: OursOptions): KeptState {
    if (past === 'new') return { restore: () => rmSync(directory, { recursive: true, force: true }) }
    const known = states.get(directory)
    if (known !== undefined) return known
    ran(executable, [batch('history'), '--state-dir', directory])
    if (past === 'batch judged') ran(executable, [batch(judged), '--state-dir', directory])
    fillSpool(directory, spool)
    const kept = keepState(directory)
    states.set(directory, kept)
    return kept
  }

  return {
    folder,
    pump,
    forest,
    before,
    batch,
    ours: (name, options, peer) => {
      const file = name.replaceAll(/\W+/g, '-')
      const state = join(folder, `state-${file}`)
      const results = join(folder, `${file}.json`)
      const { restore } = stateOf(state, options)
      const command = [options.executable, batch(options.batch), results, '--state-dir', state]
      const written = options.past === 'batch judged' ? {} : { results }
      return { name, command, prepare: restore, ...written, ...(peer === undefined ? {} : { peer }) }
    },
    python: (name, batchName, withForest) => {
      if (forest.joblib === null) return null
      const output = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`)
      const { baseline, tolerances, deployment } = pump
      const model = withForest ? forest.joblib : null
      return {
        name,
        command: peerCommand({ baseline, tolerances, deployment, input: batch(batchName), output, model }),
        results: output,
      }
    },
  }
}

function fillSpool(directory: string, count: number): void {
  const { unsent, rejected, damaged } = stateLayout(directory)
  for (const path of [unsent, rejected, damaged]) mkdirSync(path, { recursive: true })
  const losses = join(directory, 'lost_anomalies.json')
  const spool = openSpool({ unsent, rejected, damaged, losses, maxBytes: 2 ** 30, log: () => undefined })
  for (let n = 0; n < count; n++) spool.add(aRecord(n))
}

/** Empties the page cache, as after a start of the machine; only root can. */
export function dropCaches(): void {
  writeFileSync('/proc/sys/vm/drop_caches', '3')
}
