import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'

const ENTRY = new URL('./journey.ts', import.meta.url).pathname

/** The journey as one file, so that starting it takes little time and few system calls. */
export function buildJourney(folder: string): string {
  const outfile = join(folder, 'journey.mjs')
  buildSync({ entryPoints: [ENTRY], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' })
  return outfile
}

export function writeBatch(folder: string, records: readonly AnomalyRecord[]): string {
  const path = join(folder, 'batch.json')
  writeFileSync(path, JSON.stringify(records))
  return path
}
