import { isoTime } from '../iso-time.ts'

/** What the name of a results file says, so that keeping them needs no reading. */
export interface ResultsFile {
  readonly name: string
  /** Event time of the first and of the last judged reading, ms since 1970. */
  readonly firstMs: number
  readonly lastMs: number
}

const NAME = /^(?<first>\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z)_(?<last>\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z)\.(?:json|ndjson)$/

/** Such as `2025-07-15T232506.000Z_2025-07-16T002506.000Z.json`: sorts by time and is legal on every file system. */
export function resultsFileName(firstMs: number, lastMs: number, format: 'json' | 'ndjson'): string {
  return `${stamp(firstMs)}_${stamp(lastMs)}.${format}`
}

/** Null for a file that is none of ours. */
export function parseResultsFileName(name: string): ResultsFile | null {
  const groups = NAME.exec(name)?.groups
  const firstMs = parseStamp(groups?.['first'])
  const lastMs = parseStamp(groups?.['last'])
  return Number.isNaN(firstMs) || Number.isNaN(lastMs) ? null : { name, firstMs, lastMs }
}

/** A time as part of a file name: ISO 8601 without colons. */
function stamp(ms: number): string {
  return isoTime(ms).replaceAll(':', '')
}

function parseStamp(text: string | undefined): number {
  const match = /^(.{10}T\d\d)(\d\d)(.*)$/.exec(text ?? '')
  return match === null ? Number.NaN : Date.parse(`${match[1]}:${match[2]}:${match[3]}`)
}
