import type { Bins } from './bins.ts'
import type { Random } from './random.ts'
import { createSplitFinder, type Split, type SplitSettings } from './split.ts'
import type { Target } from './target.ts'

/** A binary decision tree; node 0 is the root. */
export interface Tree {
  /** Feature that a node asks about; −1 at a leaf. */
  readonly feature: Int32Array
  /** Values up to it go left. */
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** What a leaf says, `outputs` numbers per node: shares of the classes, or the mean. */
  readonly values: Float32Array
}

export interface TreeSettings extends SplitSettings {
  readonly maxDepth: number
}

/** A part of the rows that is still to be split. */
interface Branch {
  readonly node: number
  readonly start: number
  readonly end: number
  readonly depth: number
}

/**
 * Grows one tree on binned rows.
 *
 * @param weights weight of each row; rows of weight 0 are out of the bag
 */
export function growTree(bins: Bins, target: Target, weights: Float64Array, settings: TreeSettings, random: Random): Tree {
  const order = inTheBag(weights)
  const finder = createSplitFinder(bins, target, weights, order)
  const nodes = { feature: [-1], threshold: [0], left: [0], right: [0], values: [] as number[] }
  const open: Branch[] = [{ node: 0, start: 0, end: order.length, depth: 0 }]
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    const { node, start, end, depth } = branch
    const total = finder.total(start, end)
    const said = target.leaf(total)
    for (let k = 0; k < target.outputs; k++) nodes.values[node * target.outputs + k] = said[k] as number
    if (depth >= settings.maxDepth || end - start < 2 * settings.minLeaf || target.isPure(total)) continue
    const split = finder.best(start, end, total, settings, random)
    if (split === null) continue
    const middle = partition(order, start, end, bins.columns[split.feature] as Uint8Array, split.bin)
    const left = nodes.feature.length
    nodes.feature.push(-1, -1)
    nodes.threshold.push(0, 0)
    nodes.left.push(0, 0)
    nodes.right.push(0, 0)
    setSplit(nodes, node, split, left, bins)
    open.push({ node: left + 1, start: middle, end, depth: depth + 1 }, { node: left, start, end: middle, depth: depth + 1 })
  }
  return {
    feature: Int32Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    values: Float32Array.from(nodes.values),
  }
}

type GrowingNodes = Record<'feature' | 'threshold' | 'left' | 'right', number[]>

function setSplit(nodes: GrowingNodes, node: number, split: Split, left: number, bins: Bins): void {
  nodes.feature[node] = split.feature
  nodes.threshold[node] = (bins.thresholds[split.feature] as Float32Array)[split.bin] as number
  nodes.left[node] = left
  nodes.right[node] = left + 1
}

function inTheBag(weights: Float64Array): Int32Array {
  const rows: number[] = []
  for (let row = 0; row < weights.length; row++) if (weights[row] !== 0) rows.push(row)
  return Int32Array.from(rows)
}

/** Brings the rows of bins up to `bin` to the front; returns where the others start. */
function partition(order: Int32Array, start: number, end: number, column: Uint8Array, bin: number): number {
  let front = start
  let back = end - 1
  while (front <= back) {
    const row = order[front] as number
    if ((column[row] as number) <= bin) front += 1
    else {
      order[front] = order[back] as number
      order[back] = row
      back -= 1
    }
  }
  return front
}

/** The leaf that a row of a row-major float32 matrix falls into. */
export function leafOf(tree: Tree, matrix: Float32Array, offset: number): number {
  let node = 0
  for (let feature = tree.feature[0] as number; feature !== -1; feature = tree.feature[node] as number) {
    const goesLeft = (matrix[offset + feature] as number) <= (tree.threshold[node] as number)
    node = (goesLeft ? tree.left[node] : tree.right[node]) as number
  }
  return node
}
