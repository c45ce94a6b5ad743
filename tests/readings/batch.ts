import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Columns } from '../../src/readings/columns.ts'
import { openReadings, type ReadingsSetup } from '../../src/readings/open.ts'
import type { Reading } from '../../src/readings/reading.ts'
import type { RowTally } from '../../src/readings/tally.ts'

/** What the device's clock says in these tests. */
export const NOW_MS = Date.UTC(2025, 0, 1)

export const MINUTE_MS = 60_000

/** Flow in m³/h, head in m and power in kW, so that what stands in a file is what a reading holds. */
export const COLUMNS: Columns = {
  schema_version: 1,
  timestamp_column: 'timestamp',
  timestamp_format: null,
  time_zone: 'UTC',
  quantities: {
    flow: { column: 'Flow (m3/h)', unit: 'm3/h' },
    head: { column: 'Head (m)', unit: 'm' },
    power: { column: 'Power (kW)', unit: 'kW' },
  },
  channels: {},
  delimiter: null,
  decimal: '.',
  pump: null,
}

export const HEADER = 'timestamp,Flow (m3/h),Head (m),Power (kW)\n'

export function setupWith(changes: Partial<ReadingsSetup>): ReadingsSetup {
  const base = { columns: COLUMNS, watermarkMs: null, nowMs: NOW_MS, buildTimeMs: 0, cwd: '/', stdin: () => Readable.from([]) }
  return { ...base, ...changes }
}

export interface ReadBatch {
  readonly readings: readonly Reading[]
  readonly tally: RowTally
}

export async function readAll(input: string | readonly string[], setup: ReadingsSetup): Promise<ReadBatch> {
  const open = openReadings(input, setup)
  const readings: Reading[] = []
  for await (const batch of open.batches) readings.push(...batch)
  return { readings, tally: open.tally() }
}

/** Reads text as the standard input of a run. */
export async function readText(text: string | Uint8Array, changes: Partial<ReadingsSetup> = {}): Promise<ReadBatch> {
  return readAll('-', setupWith({ ...changes, stdin: () => Readable.from([Buffer.from(text)]) }))
}

/** A folder that is removed when the callback ends. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'readings-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Writes a file that nothing has written to for a minute, or for as long as is said. */
export async function writeStill(path: string, data: string | Uint8Array, ageMs = MINUTE_MS): Promise<void> {
  await writeFile(path, data)
  await utimes(path, new Date(NOW_MS - ageMs), new Date(NOW_MS - ageMs))
}
