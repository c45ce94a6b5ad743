import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { EXIT } from '../failure.ts'
import { createDurableFile } from '../state/durable.ts'
import { formatOf } from './choices.ts'
import { csvHeader, csvRows } from './csv.ts'
import { textOf, usage } from './options.ts'
import { type ExportProgress, openPart, partNames, readProgress, regularTarget } from './part-file.ts'
import { progressOf } from './progress.ts'
import { type Reported, recordOf } from './reported.ts'
import { scan } from './scan.ts'
import { isSelected } from './selection.ts'
import type { Asked, SubCommand } from './sub-command.ts'

const FORMATS = ['csv', 'ndjson'] as const
type Format = (typeof FORMATS)[number]

/** How often the part is synced and how far it came is noted [ms]. */
const NOTE_EVERY_MS = 2_000

export const exportCommand: SubCommand = {
  name: 'export',
  does: 'write all anomalies to a file, as CSV or NDJSON',
  tells: `Writes every anomaly that fits, oldest first, in constant memory. CSV is UTF-8 as RFC 4180 has it, nested fields in
columns of their own (see src/query/README.md), texts that a spreadsheet would take for a formula behind an apostrophe.
NDJSON has the API's own records. FILE appears only when it is whole; until then what came lies in FILE.part, and after
an interruption the same command with --resume goes on.`,
  own: ['format', 'output', 'resume'],
  formats: FORMATS,
  examples: [
    '--output anomalies.csv',
    '--from "last month" --format ndjson --output last-month.ndjson',
    '--output anomalies.csv --resume',
    '--pump 1 > pump-1.csv',
  ],
  run: async (asked) => {
    // V8 would rather let garbage lie than collect it: 290 MB instead of 130 on a million anomalies.
    setFlagsFromString('--optimize-for-size')
    const format = formatOf('export', asked.values, FORMATS)
    const output = textOf(asked.values, 'output')
    if (asked.values.resume === true && output === undefined) throw usage('export', '--resume', 'wants --output FILE')
    const target = output === undefined ? null : regularTarget(resolve(asked.io.cwd, output))
    if (output !== undefined && target !== null) await exportToFile(asked, format, target)
    else if (output === undefined) await exportDirectly(asked, format, asked.io.stdout)
    else await exportToDevice(asked, format, resolve(asked.io.cwd, output))
    return EXIT.ok
  },
}

/** A pipe or a device: what is written has left. */
async function exportToDevice(asked: Asked, format: Format, path: string): Promise<void> {
  const file = createDurableFile(path)
  try {
    await exportDirectly(asked, format, file.write)
    file.commit()
  } finally {
    file.abort()
  }
}

async function exportDirectly(asked: Asked, format: Format, write: (text: string) => void): Promise<void> {
  const { selection } = asked
  if (format === 'csv') write(csvHeader())
  await eachPage(asked, { fromMs: selection.fromMs, toMs: selection.toMs, known: new Map() }, (page) =>
    write(linesOf(page, format)),
  )
}

async function exportToFile(asked: Asked, format: Format, file: string): Promise<void> {
  const earlier = takenUp(asked, format, file)
  const part = openPart(file, earlier?.bytes ?? 0)
  const { fromMs, toMs } = earlier === null ? asked.selection : { fromMs: earlier.from_ms, toMs: earlier.to_ms }
  const end = createEnd(new Map(earlier?.known))
  let rows = earlier?.rows ?? 0
  const note = () =>
    part.note({
      question: questionOf(asked, format),
      from_ms: fromMs,
      to_ms: toMs,
      bytes: part.bytes(),
      rows,
      known: [...end.known()],
    })
  let notedAt = performance.now()
  try {
    if (earlier === null && format === 'csv') part.write(csvHeader())
    if (earlier === null) note()
    await eachPage(asked, { fromMs: end.fromMs() ?? fromMs, toMs, known: end.known() }, (page, all) => {
      part.write(linesOf(page, format))
      rows += page.length
      end.moveTo(all)
      if (performance.now() - notedAt < NOTE_EVERY_MS) return
      note()
      notedAt = performance.now()
    })
    part.finish()
  } catch (error) {
    note()
    const { part: name } = partNames(file)
    asked.io.stderr(`${rows} anomalies are safe in ${name}; the same command with --resume goes on from there\n`)
    throw error
  } finally {
    part.close()
  }
  if (asked.values.quiet !== true) asked.io.stderr(`${rows} anomalies in ${file}\n`)
}

/** An interrupted export to go on with, or null to begin one. */
function takenUp(asked: Asked, format: Format, file: string): ExportProgress | null {
  const { part } = partNames(file)
  const resume = asked.values.resume === true
  const earlier = readProgress(file)
  if (earlier !== null && !resume) {
    const mend = `add --resume to go on with it, or remove ${part}`
    throw usage('export', part, 'is what an interrupted export left', mend)
  }
  if (earlier !== null && earlier.question !== questionOf(asked, format)) {
    throw usage(
      'export',
      '--resume',
      `the export in ${part} asked for something else`,
      `give the same options as then, or remove ${part}`,
    )
  }
  return earlier
}

/** Two exports with the same options are the same, also when `7d` has moved on in between. */
function questionOf({ values, settings }: Asked, format: Format): string {
  const { site, pump, sensor, from, to, status, parameter, 'min-confidence': confidence } = values
  return JSON.stringify([
    settings.api.base_url,
    settings.timeZone,
    format,
    site,
    pump,
    sensor,
    from,
    to,
    status,
    parameter,
    confidence,
  ])
}

interface From {
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly known: ReadonlyMap<string, number>
}

/** Calls `take` for each page with what is selected of it, and with all of it. */
async function eachPage(
  asked: Asked,
  from: From,
  take: (selected: readonly Reported[], all: readonly Reported[]) => void,
): Promise<void> {
  const { selection, source } = asked
  const progress = progressOf(asked, 'exported')
  try {
    for await (const page of scan(source.pagesOf(selection), { ...from, newestFirst: false, onTotal: progress.expect })) {
      take(
        page.filter((anomaly) => isSelected(selection, anomaly)),
        page,
      )
      progress.add(page.length)
    }
  } finally {
    progress.end()
  }
}

/** The last millisecond that was written and what lies in it and in the one before: where to go on. */
function createEnd(known: Map<string, number>) {
  const last = () => Math.max(...known.values())
  return {
    known: (): ReadonlyMap<string, number> => known,
    fromMs: () => (known.size === 0 ? null : last() - 1),
    moveTo: (page: readonly Reported[]) => {
      for (const { id, timeMs } of page) known.set(id, timeMs)
      const least = last() - 1
      for (const [id, timeMs] of known) if (timeMs < least) known.delete(id)
    },
  }
}

function linesOf(anomalies: readonly Reported[], format: Format): string {
  if (format === 'csv') return csvRows(anomalies)
  return anomalies.map((anomaly) => `${JSON.stringify(recordOf(anomaly))}\n`).join('')
}
