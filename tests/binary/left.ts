import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestServer } from '../delivery/server.ts'

/** What a run has left at the API and on its disk; equal for all ways that lead to the same end. */
export interface Left {
  /** All that the API has stored, without the numbers that it gave. */
  readonly stored: readonly string[]
  /** The readings that were judged, without what the model says of them and whether the very run that judged them reported them. */
  readonly results: readonly string[]
  /**
   * Names of the files, without the number of tries and whether there was a state before this one. Nor the libraries: what
   * a run could not extract, only one with a reading to judge extracts; but a mark of a death would be seen.
   */
  readonly files: readonly string[]
  /** What the API said to what it refused, by the file beside it. */
  readonly answers: readonly string[]
  /** The payload of the state, but for what it knows of the API: a run with nothing to send asks it nothing. */
  readonly state: string
}

const ANSWER = '.answer.txt'
const isLibrary = (path: string) => /^native\/[0-9a-f]{64}\/(?:complete|lib.*\.so\.1|.*\.node)$/.test(path)
const withoutTries = (path: string) => path.replace(/\.try\d+/, '')

export function leftBy(state: string, server: TestServer): Left {
  const files = readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(state, join(entry.parentPath, entry.name)))
  return {
    stored: server.stored.map(({ id: _, ...record }) => JSON.stringify(record)).sort(),
    results: files
      .filter((path) => path.startsWith('results/'))
      .flatMap((path) => readingsIn(join(state, path)))
      .sort(),
    files: files
      .filter((path) => path !== 'state.previous.json' && !path.endsWith(ANSWER) && !isLibrary(path))
      .map(withoutTries)
      .sort(),
    answers: files
      .filter((path) => path.endsWith(ANSWER))
      .map((path) => `${withoutTries(path)}: ${readFileSync(join(state, path), 'utf8')}`)
      .sort(),
    state: payloadIn(join(state, 'state.json')),
  }
}

/** What differs, a line for each part but those that may. */
export function differences(left: Left, expected: Left, may: readonly (keyof Left)[] = []): string[] {
  return (Object.keys(expected) as (keyof Left)[]).flatMap((part) => {
    if (may.includes(part)) return []
    const [is, should] = [left[part], expected[part]].map((value) => JSON.stringify(value))
    return is === should ? [] : [`${part}: ${is} instead of ${should}`]
  })
}

function readingsIn(path: string): string[] {
  const records = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>[]
  return records.map((record) => JSON.stringify({ ...record, prediction: null, prediction_reason: null, reported_to_api: null }))
}

function payloadIn(path: string): string {
  const { payload } = JSON.parse(readFileSync(path, 'utf8')) as { payload: object }
  return JSON.stringify({ ...payload, delivery: null })
}
