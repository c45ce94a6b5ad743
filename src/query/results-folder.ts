import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputFailure, reasonOf } from '../failure.ts'
import { median } from '../model/theil-sen.ts'
import type { Status } from '../pump/status.ts'

const STATUSES = ['Normal', 'Warning', 'Critical', 'Failure', 'Idle', 'Not judged'] as const satisfies readonly Status[]

/** Time in each status, from a device's own results [ms]. */
export interface DeviceTime {
  readonly device: string
  readonly readings: number
  readonly from: string
  readonly to: string
  readonly time_ms: Readonly<Record<Status | 'unknown', number>>
}

/** Name of the folder of results in a device's state directory. */
const KEPT = 'results'
/** A reading speaks for the time to the next one, up to so many usual intervals. Ours. */
const LONGEST_INTERVALS = 2

/**
 * Exact times in status from the results files (JSON or NDJSON) in a folder: of one device when they lie in it, or in its
 * `results/`, else of one device per sub-folder. What lies more than twice the usual interval after a reading is unknown. A reading
 * in two files counts once, as the file says that sorts later. Throws InputFailure (exit 65).
 */
export function readDeviceTimes(folder: string, fromMs: number | null, toMs: number | null): DeviceTime[] {
  const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true }))
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== KEPT).map(({ name }) => join(folder, name))
  const own = filesOf(folder)
  const devices = own.files.length > 0 ? [own] : folders.map(filesOf)
  const found = devices.flatMap(({ device, files }) => deviceTime(device, files, fromMs, toMs) ?? [])
  if (found.length > 0) return found.toSorted((a, b) => (a.device < b.device ? -1 : 1))
  const mend = 'name a folder of results files, or one with a folder of them per pump'
  throw new InputFailure({ where: folder, what: 'there are no results in it for that time', mend })
}

/** Results lie in the folder itself, or in the one that a device keeps in its state directory. */
function filesOf(folder: string): { device: string; files: string[] } {
  const kept = join(folder, KEPT)
  const place = statSync(kept, { throwIfNoEntry: false })?.isDirectory() === true ? kept : folder
  const names = attempt(place, () => readdirSync(place)).filter(isResults)
  return { device: basename(folder), files: names.map((name) => join(place, name)) }
}

function isResults(name: string): boolean {
  return /\.(?:json|ndjson)$/.test(name)
}

function deviceTime(device: string, files: readonly string[], fromMs: number | null, toMs: number | null): DeviceTime | null {
  const readings = new Map<number, Status>()
  for (const file of files.toSorted()) {
    for (const { timeMs, status } of readingsOf(file)) {
      if (timeMs >= (fromMs ?? -Infinity) && timeMs <= (toMs ?? Infinity)) readings.set(timeMs, status)
    }
  }
  const times = [...readings.keys()].sort((a, b) => a - b)
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return null
  const time_ms: Record<Status | 'unknown', number> = Object.fromEntries(
    [...STATUSES, 'unknown'].map((name) => [name, 0]),
  ) as never
  const intervals = times.slice(1).map((time, i) => time - (times[i] ?? time))
  const longest = intervals.length === 0 ? 0 : LONGEST_INTERVALS * median(intervals)
  for (const [i, interval] of intervals.entries()) {
    const status = readings.get(times[i] as number) as Status
    if (interval <= longest) time_ms[status] += interval
    else time_ms.unknown += interval
  }
  return { device, readings: times.length, from: new Date(first).toISOString(), to: new Date(last).toISOString(), time_ms }
}

function readingsOf(file: string): { timeMs: number; status: Status }[] {
  const text = attempt(file, () => readFileSync(file, 'utf8'))
  const records = attempt(file, () =>
    /^\s*\[/.test(text)
      ? (JSON.parse(text) as unknown[])
      : text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line): unknown => JSON.parse(line)),
  )
  return records.map((record) => {
    const { timestamp, status } = (record ?? {}) as { timestamp?: unknown; status?: unknown }
    const timeMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
    const known = STATUSES.find((name) => name === status)
    if (Number.isNaN(timeMs) || known === undefined) {
      throw new InputFailure({
        where: file,
        what: 'is no results file',
        mend: 'keep only results of pump-monitor in that folder',
      })
    }
    return { timeMs, status: known }
  })
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw new InputFailure({
      where: path,
      what: `cannot be read (${reasonOf(error)})`,
      mend: 'name readable results',
      cause: error,
    })
  }
}
