import { parentPort, workerData } from 'node:worker_threads'
import { growNumbered } from './forest.ts'
import type { GrowingWork } from './parallel-forest.ts'
import { targetOf } from './target.ts'

/** A thread that grows every tree whose number is its own modulo the number of threads. */
const { bins, spec, runs, weights, settings, first, step } = workerData as GrowingWork
const task = { bins, target: targetOf(spec), runs, weights }
for (let index = first; index < settings.trees; index += step) {
  parentPort?.postMessage({ index, tree: growNumbered(task, settings, index) })
}
