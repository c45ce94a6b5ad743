import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { measured, type Taken } from './measured.ts'
import { PYTHON_FOREST } from './names.ts'

/** One of the programs that take turns. */
export interface Subject {
  readonly name: string
  readonly command: readonly string[]
  /** The subject that it is compared with. */
  readonly peer?: string
  /** Done before every run, not measured. */
  readonly prepare?: () => void
  /** File with the results of a run; every run must write the same bytes. */
  readonly results?: string
}

export interface Comparison {
  readonly title: string
  readonly rounds: number
  /** Done before every run, after `prepare`: empties caches, say. */
  readonly before?: () => void
  /** Done after the last run. */
  readonly after?: () => void
  readonly subjects: readonly Subject[]
}

/** What a subject took, run by run. */
export interface Series {
  readonly runs: readonly Taken[]
  /** SHA-256 of the results; null without any. */
  readonly results: string | null
}

export type Figures = Readonly<Record<string, Series>>

/** A load of the machine rests before its next one is measured. */
const PAUSE_MS = 20

/**
 * Runs the subjects in turn, round after round, each round beginning with another one, so that what else happens on the
 * machine meets all of them alike. The first round warms up and does not count, unless it is the only one.
 */
export async function compare({ rounds, before, after, subjects }: Comparison, log: (line: string) => void): Promise<Figures> {
  const runs = new Map(subjects.map(({ name }) => [name, [] as Taken[]]))
  const hashes = new Map<string, string>()
  const warmUp = rounds > 1 ? 1 : 0
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + Math.max(round, 0)) % subjects.length] as Subject
      subject.prepare?.()
      before?.()
      await pause(PAUSE_MS)
      const taken = measured(subject.command)
      if (round >= 0) runs.get(subject.name)?.push(taken)
      if (subject.results !== undefined) await sameResults(subject.name, subject.results, hashes)
      if (taken.wall_ms > 10_000) log(`${subject.name}: ${(taken.wall_ms / 1000).toFixed(1)} s`)
    }
  }
  after?.()
  return Object.fromEntries([...runs].map(([name, series]) => [name, { runs: series, results: hashes.get(name) ?? null }]))
}

async function sameResults(name: string, path: string, hashes: Map<string, string>): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  const digest = hash.digest('hex')
  const first = hashes.get(name) ?? digest
  // scikit-learn adds the trees of several threads in any order; ours must not differ in a bit.
  if (first !== digest && name !== PYTHON_FOREST) throw new Error(`two runs of "${name}" wrote different results`)
  hashes.set(name, first)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export type Measure = keyof Taken

/** Median of the ratios of the pairs that ran in one round; null when either was not measured. */
export function ratio(figures: Figures | undefined, of: string, to: string, measure: Measure): number | null {
  const [a, b] = [figures?.[of]?.runs ?? [], figures?.[to]?.runs ?? []]
  if (a.length === 0 || a.length !== b.length) return null
  return median(a.map((taken, round) => taken[measure] / (b[round] as Taken)[measure]))
}

export function middle(figures: Figures | undefined, of: string, measure: Measure): number | null {
  const runs = figures?.[of]?.runs ?? []
  return runs.length === 0 ? null : median(runs.map((taken) => taken[measure]))
}
