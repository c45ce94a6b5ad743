/** A target as plain data. */
export type TargetSpec =
  | { readonly kind: 'classes'; readonly labels: Uint8Array; readonly classes: number }
  | { readonly kind: 'values'; readonly values: Float64Array }

export function targetOf(spec: TargetSpec): Target {
  return spec.kind === 'classes' ? classTarget(spec.labels, spec.classes) : valueTarget(spec.values)
}

/**
 * What a tree learns. A group of rows is summed up in `stats` numbers; the score of a split is the sum of its
 * two groups' scores, and the greatest wins.
 */
export interface Target {
  /** From which `targetOf` makes the same target in another thread. */
  readonly spec: TargetSpec
  /** Numbers that sum up a group. */
  readonly stats: number
  /** Numbers that a leaf says. */
  readonly outputs: number
  /** Adds one row to the group that starts at `offset`. */
  add(group: Float64Array, offset: number, row: number, weight: number): void
  score(group: Float64Array): number
  isPure(group: Float64Array): boolean
  leaf(group: Float64Array): Float64Array
}

/**
 * Classes, split by Gini impurity: least impurity is the greatest Σ n_c²/n over both groups (Breiman et al.,
 * Classification and Regression Trees, 1984). A leaf says the weighted shares of the classes.
 */
export function classTarget(labels: Uint8Array, classes: number): Target {
  const sum = (group: Float64Array): number => group.reduce((total, weight) => total + weight, 0)
  return {
    spec: { kind: 'classes', labels, classes },
    stats: classes,
    outputs: classes,
    add(group, offset, row, weight) {
      const at = offset + (labels[row] as number)
      group[at] = (group[at] as number) + weight
    },
    score(group) {
      let squares = 0
      let total = 0
      for (let c = 0; c < classes; c++) {
        const weight = group[c] as number
        squares += weight * weight
        total += weight
      }
      return total > 0 ? squares / total : 0
    },
    isPure: (group) => group.filter((weight) => weight > 0).length < 2,
    leaf: (group) => group.map((weight) => weight / sum(group)),
  }
}

/** Numbers, split by variance: least variance is the greatest (Σ w·y)²/Σ w over both groups. A leaf says the weighted mean. */
export function valueTarget(values: Float64Array): Target {
  return {
    spec: { kind: 'values', values },
    stats: 2,
    outputs: 1,
    add(group, offset, row, weight) {
      group[offset] = (group[offset] as number) + weight
      group[offset + 1] = (group[offset + 1] as number) + weight * (values[row] as number)
    },
    score: (group) => ((group[0] as number) > 0 ? (group[1] as number) ** 2 / (group[0] as number) : 0),
    isPure: () => false,
    leaf: (group) => Float64Array.of((group[1] as number) / (group[0] as number)),
  }
}
