import type { Bins } from './bins.ts'
import type { Random } from './random.ts'
import type { Target } from './target.ts'

export interface SplitSettings {
  /** Fewest rows in a leaf. */
  readonly minLeaf: number
  /** Features looked at per split, drawn anew each time. */
  readonly featuresPerSplit: number
}

/** Rows in bins up to `bin` of the feature go left. */
export interface Split {
  readonly feature: number
  readonly bin: number
  readonly gain: number
}

interface SplitFinder {
  /** Sums up the rows order[start…end−1]. */
  total(start: number, end: number): Float64Array
  /** The best split of these rows among features drawn at random; null when none parts them. */
  best(start: number, end: number, total: Float64Array, settings: SplitSettings, random: Random): Split | null
}

/** Finds splits by histograms: one pass over the rows per feature, one over its bins. */
export function createSplitFinder(bins: Bins, target: Target, weights: Float64Array, order: Int32Array): SplitFinder {
  const { stats } = target
  const histogram = new Float64Array(256 * stats)
  const counts = new Int32Array(256)
  const left = new Float64Array(stats)
  const right = new Float64Array(stats)
  const features = Int32Array.from(bins.columns, (_, feature) => feature)

  /** Fills the histogram of a feature; returns its lowest and highest bin. */
  function fill(column: Uint8Array, start: number, end: number): [number, number] {
    let lowest = 255
    let highest = 0
    for (let i = start; i < end; i++) {
      const bin = column[order[i] as number] as number
      if (bin < lowest) lowest = bin
      if (bin > highest) highest = bin
    }
    if (lowest === highest) return [lowest, highest]
    counts.fill(0, lowest, highest + 1)
    histogram.fill(0, lowest * stats, (highest + 1) * stats)
    for (let i = start; i < end; i++) {
      const row = order[i] as number
      const bin = column[row] as number
      counts[bin] = (counts[bin] as number) + 1
      target.add(histogram, bin * stats, row, weights[row] as number)
    }
    return [lowest, highest]
  }

  /** Best place to part a filled histogram. A cut lies half-way over empty bins, where unseen values are as likely on either side. */
  function scan(
    [lowest, highest]: readonly [number, number],
    rows: number,
    total: Float64Array,
    minLeaf: number,
  ): [number, number] {
    left.fill(0)
    let passed = 0
    let bestBin = -1
    let bestScore = Number.NEGATIVE_INFINITY
    for (let bin = lowest; bin < highest; bin++) {
      if (counts[bin] === 0) continue
      passed += counts[bin] as number
      for (let k = 0; k < stats; k++) left[k] = (left[k] as number) + (histogram[bin * stats + k] as number)
      if (passed < minLeaf) continue
      if (rows - passed < minLeaf) break
      for (let k = 0; k < stats; k++) right[k] = (total[k] as number) - (left[k] as number)
      const score = target.score(left) + target.score(right)
      if (score <= bestScore) continue
      bestScore = score
      let next = bin + 1
      while (counts[next] === 0) next += 1
      bestBin = (bin + next - 1) >> 1
    }
    return [bestBin, bestScore]
  }

  return {
    total(start, end) {
      const sum = new Float64Array(stats)
      for (let i = start; i < end; i++) target.add(sum, 0, order[i] as number, weights[order[i] as number] as number)
      return sum
    },
    best(start, end, total, settings, random) {
      const unsplit = target.score(total)
      let best: Split | null = null
      for (let seen = 0, drawn = 0; drawn < features.length && seen < settings.featuresPerSplit; drawn++) {
        const pick = drawn + random.integer(features.length - drawn)
        const feature = features[pick] as number
        features[pick] = features[drawn] as number
        features[drawn] = feature
        const range = fill(bins.columns[feature] as Uint8Array, start, end)
        if (range[0] === range[1]) continue
        seen += 1
        const [bin, score] = scan(range, end - start, total, settings.minLeaf)
        const gain = score - unsplit
        if (bin !== -1 && gain > 1e-9 * Math.abs(unsplit) && gain > (best?.gain ?? 0)) best = { feature, bin, gain }
      }
      return best
    },
  }
}
