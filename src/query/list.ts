import { EXIT } from '../failure.ts'
import { formatOf, limitOf, oneOf } from './choices.ts'
import { csvHeader, csvRows } from './csv.ts'
import { createInstants } from './instants.ts'
import { isWorse, worstMargin } from './margin.ts'
import { progressOf } from './progress.ts'
import { pumpLabel } from './pump-label.ts'
import { type Reported, recordOf } from './reported.ts'
import { scan } from './scan.ts'
import { isSelected } from './selection.ts'
import type { Asked, SubCommand } from './sub-command.ts'
import { type Column, tableOf } from './table.ts'
import { STATUS_STYLES, signed } from './wording.ts'

const SORTS = ['newest', 'oldest', 'deviation', 'confidence', 'rul'] as const
const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const

export const listCommand: SubCommand = {
  name: 'list',
  does: 'show anomalies, newest first',
  tells: `Shows anomalies as a table: when, which pump, its status, what was reported, the worst deviation beside its limit,
confidence and remaining useful life. Newest first, 25 unless --limit says otherwise. Filters that the API does not know
(status, parameter, confidence, several ids) are applied here.`,
  own: ['sort', 'limit', 'format'],
  formats: FORMATS,
  examples: [
    '--pump 1 --from 7d',
    '--site 1 --status Critical,Failure --sort deviation --limit 10',
    '--from "last month" --format csv',
  ],
  run: async (asked) => {
    const sort = oneOf('list', asked.values, 'sort', SORTS)
    const format = formatOf('list', asked.values, FORMATS)
    const anomalies = await chosen(asked, sort, limitOf('list', asked.values))
    if (format === 'json') asked.io.stdout(`${JSON.stringify(anomalies.map(recordOf), null, 2)}\n`)
    else if (format === 'ndjson') for (const anomaly of anomalies) asked.io.stdout(`${JSON.stringify(recordOf(anomaly))}\n`)
    else if (format === 'csv') asked.io.stdout(csvHeader() + csvRows(anomalies))
    else asked.io.stdout(listTable(anomalies, asked))
    return EXIT.ok
  },
}

/** By time, the scan ends with the limit; by anything else all must be seen, and only the best are kept. */
async function chosen(asked: Asked, sort: (typeof SORTS)[number], limit: number): Promise<readonly Reported[]> {
  const { selection, source } = asked
  const byTime = sort === 'newest' || sort === 'oldest'
  const progress = progressOf(asked, byTime ? null : 'read')
  const pages = scan(source.pagesOf(selection), {
    ...selection,
    newestFirst: sort !== 'oldest',
    onTotal: progress.expect,
  })
  let kept: Reported[] = []
  for await (const page of pages) {
    progress.add(page.length)
    kept.push(...page.filter((anomaly) => isSelected(selection, anomaly)))
    if (byTime && kept.length >= limit) break
    if (!byTime && kept.length > 4 * limit) kept = best(kept, sort, limit)
  }
  progress.end()
  return byTime ? kept.slice(0, limit) : best(kept, sort, limit)
}

function best(anomalies: readonly Reported[], sort: 'deviation' | 'confidence' | 'rul', limit: number): Reported[] {
  return anomalies.toSorted(ORDERS[sort]).slice(0, limit)
}

const last = (value: number | null, otherwise: number) => value ?? otherwise

const ORDERS: Readonly<Record<'deviation' | 'confidence' | 'rul', (a: Reported, b: Reported) => number>> = {
  deviation: (a, b) => {
    const [x, y] = [worstMargin(a), worstMargin(b)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return isWorse(x, y) ? -1 : isWorse(y, x) ? 1 : 0
  },
  confidence: (a, b) => last(b.confidence, -1) - last(a.confidence, -1),
  rul: (a, b) => last(a.rulDays, Number.MAX_VALUE) - last(b.rulDays, Number.MAX_VALUE),
}

/** What `list` and `watch` show of an anomaly. */
export function anomalyColumns(zone: string): readonly Column<Reported>[] {
  const instants = createInstants(zone)
  return [
    { title: `time (${zone})`, cell: ({ timeMs }) => instants.minute(timeMs) },
    { title: 'pump', cell: pumpLabel, least: 8 },
    { title: 'status', cell: ({ status }) => status, style: ({ status }) => STATUS_STYLES[status] },
    { title: 'reported', cell: ({ parameters }) => parameters.join(', '), rank: 2, least: 10 },
    { title: 'worst deviation', cell: worstInWords, rank: 1, least: 18 },
    { title: 'confidence', cell: ({ confidence }) => confidence?.toFixed(2) ?? '–', align: 'right', rank: 4 },
    { title: 'RUL', cell: ({ rulDays }) => (rulDays === null ? '–' : `${rulDays.toFixed(1)} d`), align: 'right', rank: 3 },
  ]
}

function listTable(anomalies: readonly Reported[], { settings, terminal }: Asked): string {
  if (anomalies.length === 0) return 'no anomaly fits\n'
  return tableOf(anomalies, anomalyColumns(settings.timeZone), terminal)
}

/** `flow −13.4 % (limit 0)`. */
function worstInWords(anomaly: Reported): string {
  const worst = worstMargin(anomaly)
  if (worst === null) return '–'
  const limit = worst.limit === null ? 'no limit' : `limit ${signed(worst.limit, 0)}`
  return `${worst.parameter} ${signed(worst.deviation, 1)} % (${limit})`
}
