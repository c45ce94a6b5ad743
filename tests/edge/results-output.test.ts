import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ResultRecord } from '../../src/edge/result.ts'
import { createResultsOutput } from '../../src/edge/results-output.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'results-'))

function record(hour: number): ResultRecord {
  return {
    timestamp: new Date(Date.UTC(2024, 5, 1, hour)).toISOString(),
    status: 'Failure',
    reason: null,
    deviations: { flow: -20, head: null, power: null, efficiency: null },
    violations: {},
    findings: [],
    prediction: null,
    prediction_reason: 'the model says: "reported_to_api":false}',
    basis: 'grade 1U',
    reported_to_api: false,
  }
}

const stamp = (hour: number) => record(hour).timestamp

describe.each(['json', 'ndjson'] as const)('results as %s', (format) => {
  const read = (path: string): ResultRecord[] => {
    const text = readFileSync(path, 'utf8')
    return format === 'json'
      ? JSON.parse(text)
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
  }

  test('are what was written, and nobody sees them before they are committed', () => {
    const path = join(folder(), 'out')
    const output = createResultsOutput({ kind: 'file', path }, format)
    for (let hour = 0; hour < 3; hour++) output.write(record(hour))
    expect(existsSync(path)).toBe(false)
    expect(output.commit()).toBe(path)
    expect(read(path)).toEqual([record(0), record(1), record(2)])
  })

  test('say of exactly those readings that the API has acknowledged', () => {
    const path = join(folder(), 'out')
    const output = createResultsOutput({ kind: 'file', path }, format)
    for (let hour = 0; hour < 5; hour++) output.write(record(hour))
    output.commit()
    output.acknowledge(new Set([stamp(0), stamp(3), stamp(4)]))
    expect(read(path).map((result) => result.reported_to_api)).toEqual([true, false, false, true, true])
    expect(read(path).map(({ reported_to_api: _, ...rest }) => rest)).toEqual(
      [0, 1, 2, 3, 4].map((hour) => {
        const { reported_to_api: _, ...rest } = record(hour)
        return rest
      }),
    )
  })

  test('in a folder are named after their first and last event', () => {
    const path = folder()
    const output = createResultsOutput({ kind: 'folder', path }, format)
    output.write(record(1))
    output.write(record(2))
    const committed = output.commit()
    expect(readdirSync(path)).toEqual([`2024-06-01T010000.000Z_2024-06-01T020000.000Z.${format}`])
    output.acknowledge(new Set([stamp(2)]))
    expect(read(String(committed)).map((result) => result.reported_to_api)).toEqual([false, true])
  })

  test('of a run that judged nothing leave the file of an earlier one alone', () => {
    const path = join(folder(), 'out')
    writeFileSync(path, 'earlier')
    const output = createResultsOutput({ kind: 'file', path }, format)
    expect(output.commit()).toBe(null)
    output.acknowledge(new Set([stamp(0)]))
    expect(readFileSync(path, 'utf8')).toBe('earlier')
  })

  test('that are given up leave nothing behind', () => {
    const path = folder()
    const output = createResultsOutput({ kind: 'file', path: join(path, 'out') }, format)
    output.write(record(0))
    output.abort()
    expect(readdirSync(path)).toEqual([])
  })

  test('go to where a link leads', () => {
    const path = folder()
    symlinkSync('real', join(path, 'link'))
    const output = createResultsOutput({ kind: 'file', path: join(path, 'link') }, format)
    output.write(record(0))
    output.commit()
    expect(read(join(path, 'real'))).toHaveLength(1)
  })
})
