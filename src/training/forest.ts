import { type BagSettings, drawBag } from './bag.ts'
import type { Bins } from './bins.ts'
import { createRandom } from './random.ts'
import type { Target } from './target.ts'
import { growTree, leafOf, type Tree, type TreeSettings } from './tree.ts'

/** Trees whose answers are averaged. */
export interface Forest {
  readonly trees: readonly Tree[]
  /** Numbers that the forest says of a row: one per class, or one. */
  readonly outputs: number
}

export interface ForestSettings extends TreeSettings {
  readonly trees: number
  readonly bag: BagSettings
  readonly seed: number
}

export interface ForestTask {
  /** Row-major float32 matrix, scaled as on the device. */
  readonly matrix: Float32Array
  readonly bins: Bins
  readonly target: Target
  /** Run of each row. */
  readonly runs: Int32Array
  /** Weight of each row beyond the draw, such as that of its class. */
  readonly weights: Float64Array
}

export interface GrownForest {
  readonly forest: Forest
  /** What the trees that did not see a row say of it, row-major; NaN where every tree saw it. */
  readonly outOfBag: Float64Array
}

/** What growing a tree takes; the matrix itself is not needed for it. */
export type TreeTask = Omit<ForestTask, 'matrix'>

/** Grows a random forest (Breiman, Random Forests, 2001). Tree i depends on seed and i only, not on the trees before it. */
export function growForest(task: ForestTask, settings: ForestSettings): GrownForest {
  const collector = createCollector(task, settings)
  for (let index = 0; index < settings.trees; index++) collector.add(growNumbered(task, settings, index))
  return collector.grown()
}

/** Grows the tree of one number. */
export function growNumbered({ bins, target, runs, weights }: TreeTask, settings: ForestSettings, index: number): Tree {
  const random = createRandom(settings.seed, index)
  const bag = drawBag(runs, settings.bag, random)
  const drawn = Float64Array.from(bag, (times, row) => times * (weights[row] as number))
  return growTree(bins, target, drawn, settings, random)
}

/** Takes the trees in the order of their numbers and asks each about the rows out of its bag. */
export function createCollector({ matrix, bins, target, runs }: ForestTask, settings: ForestSettings) {
  const width = bins.columns.length
  const { outputs } = target
  const sums = new Float64Array(runs.length * outputs)
  const votes = new Int32Array(runs.length)
  const trees: Tree[] = []
  return {
    add(tree: Tree): void {
      const bag = drawBag(runs, settings.bag, createRandom(settings.seed, trees.length))
      const outside = outsideOf(bag, runs, settings.bag)
      trees.push(tree)
      for (let row = 0; row < runs.length; row++) {
        if (!outside(row)) continue
        votes[row] = (votes[row] as number) + 1
        const leaf = leafOf(tree, matrix, row * width) * outputs
        for (let k = 0; k < outputs; k++) {
          sums[row * outputs + k] = (sums[row * outputs + k] as number) + (tree.values[leaf + k] as number)
        }
      }
    },
    grown: (): GrownForest => ({
      forest: { trees, outputs },
      outOfBag: sums.map((sum, i) => sum / (votes[Math.floor(i / outputs)] as number)),
    }),
  }
}

/** A row is out of the bag when it, or with bags of runs its whole run, was not drawn. */
function outsideOf(bag: Uint8Array, runs: Int32Array, settings: BagSettings): (row: number) => boolean {
  if (settings.by === 'rows') return (row) => bag[row] === 0
  const inside = new Set<number>()
  for (let row = 0; row < bag.length; row++) if (bag[row] !== 0) inside.add(runs[row] as number)
  return (row) => !inside.has(runs[row] as number)
}

/** The forest's answers on a row-major float32 matrix, row-major. */
export function predictForest({ trees, outputs }: Forest, matrix: Float32Array, width: number): Float32Array {
  const rows = matrix.length / width
  const sums = new Float64Array(rows * outputs)
  for (const tree of trees) {
    for (let row = 0; row < rows; row++) {
      const leaf = leafOf(tree, matrix, row * width) * outputs
      for (let k = 0; k < outputs; k++)
        sums[row * outputs + k] = (sums[row * outputs + k] as number) + (tree.values[leaf + k] as number)
    }
  }
  return Float32Array.from(sums, (sum) => sum / trees.length)
}

/** Weights that make every class count the same in all: rows/(classes · rows of the class). */
export function balancedWeights(labels: Uint8Array, classes: number): Float64Array {
  const counts = new Int32Array(classes)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  return Float64Array.from(labels, (label) => labels.length / (classes * (counts[label] as number)))
}
