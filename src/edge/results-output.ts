import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '../failure.ts'
import { createDurableFile, type DurableFile, syncDirectory } from '../state/durable.ts'
import { outputFailure } from '../state/output-failure.ts'
import { resultsFileName } from '../state/results-file.ts'
import { linesOf } from './lines.ts'
import type { ResultRecord } from './result.ts'
import { createResultLines } from './result-line.ts'

/** Where the results of a run go; a folder's file is named after its first and last event. */
export type ResultsTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'none' }

export type ResultsFormat = 'json' | 'ndjson'

/** The results of one run, written as they are judged; every method throws OutputFailure. */
export interface ResultsOutput {
  readonly write: (record: ResultRecord) => void
  /** Makes them durable and returns where they are; a run that judged nothing leaves what is there untouched. */
  readonly commit: () => string | null
  /** Rewrites the committed results so that those of these event times (ISO 8601, UTC) say that the API has them. */
  readonly acknowledge: (timestamps: ReadonlySet<string>) => void
  /** Gives up what was not committed. */
  readonly abort: () => void
}

/** A JSON array with one record on each line, or NDJSON. */
export function createResultsOutput(target: ResultsTarget, format: ResultsFormat): ResultsOutput {
  const path = target.kind === 'folder' ? join(target.path, UNNAMED) : target.kind === 'file' ? target.path : null
  let file: DurableFile | null = null
  const lineOf = createResultLines()
  let first = ''
  let last = ''
  let committed: string | null = null

  function write(record: ResultRecord): void {
    if (path === null) return
    last = record.timestamp
    const isFirst = file === null
    if (isFirst) first = last
    file ??= createDurableFile(path, target.kind === 'folder' ? { mode: 0o600 } : {})
    const before = format === 'ndjson' ? '' : isFirst ? '[\n' : ',\n'
    file.write(`${before}${lineOf(record)}${format === 'ndjson' ? '\n' : ''}`)
  }

  function commit(): string | null {
    if (file === null) return null
    if (format === 'json') file.write('\n]\n')
    file.commit()
    committed =
      target.kind === 'folder' ? rename(target.path, resultsFileName(Date.parse(first), Date.parse(last), format)) : file.path
    return committed
  }

  function acknowledge(timestamps: ReadonlySet<string>): void {
    if (committed === null || timestamps.size === 0 || !isRegularFile(committed)) return
    const rewritten = createDurableFile(committed)
    try {
      for (const line of linesOf(committed)) rewritten.write(`${acknowledged(line, timestamps)}\n`)
      rewritten.commit()
    } catch (error) {
      rewritten.abort()
      throw isFailure(error) ? error : outputFailure(committed, 'read the results', error)
    }
  }

  return { write, commit, acknowledge, abort: () => file?.abort() }
}

/** Results of a run whose last event is not known yet. */
const UNNAMED = 'unfinished.tmp'

function rename(folder: string, name: string): string {
  const named = join(folder, name)
  try {
    renameSync(join(folder, UNNAMED), named)
  } catch (error) {
    throw outputFailure(named, 'name the results', error)
  }
  syncDirectory(folder)
  return named
}

/** `timestamp` is the first key of a record and `reported_to_api` its last, so no record need be parsed. */
function acknowledged(line: string, timestamps: ReadonlySet<string>): string {
  const timestamp = /^\{"timestamp":"([^"]+)"/.exec(line)?.[1]
  if (timestamp === undefined || !timestamps.has(timestamp)) return line
  return line.replace(/"reported_to_api":false(\},?)$/, '"reported_to_api":true$1')
}

function isRegularFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch (error) {
    throw outputFailure(path, 'look at the results', error)
  }
}
