import { Worker } from 'node:worker_threads'
import type { Bins } from './bins.ts'
import { createCollector, type ForestSettings, type ForestTask, type GrownForest, growForest } from './forest.ts'
import type { TargetSpec } from './target.ts'
import type { Tree } from './tree.ts'

/** What a thread is given; plain data. */
export interface GrowingWork {
  readonly bins: Bins
  readonly spec: TargetSpec
  readonly runs: Int32Array
  readonly weights: Float64Array
  readonly settings: ForestSettings
  readonly first: number
  readonly step: number
}

/** Rows times trees below which threads cost more than they save. */
const WORTH_THREADS = 500_000

/** Grows the same forest as `growForest`, to the bit, on several threads; `onTree` hears how many trees stand. */
export async function growForestOn(
  threads: number,
  task: ForestTask,
  settings: ForestSettings,
  onTree: (grown: number) => void,
): Promise<GrownForest> {
  if (threads < 2 || task.runs.length * settings.trees < WORTH_THREADS) {
    const grown = growForest(task, settings)
    onTree(settings.trees)
    return grown
  }
  const collector = createCollector(task, settings)
  const waiting = new Map<number, Tree>()
  let next = 0
  const take = (index: number, tree: Tree): void => {
    waiting.set(index, tree)
    for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
      waiting.delete(next)
      collector.add(ready)
      next += 1
      onTree(next)
    }
  }
  const { bins, target, runs, weights } = task
  const step = Math.min(threads, settings.trees)
  const shares = Array.from({ length: step }, (_, first) => ({ bins, spec: target.spec, runs, weights, settings, first, step }))
  await Promise.all(shares.map((work) => grown(work, take)))
  return collector.grown()
}

function grown(work: GrowingWork, take: (index: number, tree: Tree) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./tree-worker.ts', import.meta.url), { workerData: work })
    worker.on('message', ({ index, tree }: { index: number; tree: Tree }) => take(index, tree))
    worker.on('error', reject)
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a training thread ended with ${code}`))))
  })
}
