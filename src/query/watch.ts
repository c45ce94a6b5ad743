import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, UnavailableFailure } from '../failure.ts'
import { formatOf } from './choices.ts'
import { anomalyColumns } from './list.ts'
import { textOf, usage, type Values } from './options.ts'
import { readLength } from './period.ts'
import { type Reported, recordOf } from './reported.ts'
import { scan } from './scan.ts'
import { isSelected } from './selection.ts'
import type { Asked, SubCommand } from './sub-command.ts'
import { tableOf } from './table.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const USUAL_INTERVAL_MS = 30_000

const FORMATS = ['table', 'ndjson'] as const

export const watchCommand: SubCommand = {
  name: 'watch',
  does: 'follow new anomalies as they arrive',
  tells: `Shows the anomalies of the last hour, or from --from on, and then each new one as it arrives, until Ctrl-C. What a pump
could not send for a while arrives late: an anomaly is shown when its event time is within --look-back. When the API does
not answer, that is said once and asking goes on.`,
  own: ['interval', 'look-back', 'for', 'format'],
  formats: FORMATS,
  examples: ['--site 1', '--status critical,failure --interval 10s', '--from 24h --for 1s --format ndjson'],
  run: async (asked) => {
    const { values, nowMs, selection } = asked
    const format = formatOf('watch', values, FORMATS)
    const intervalMs = lengthOf(values, 'interval', USUAL_INTERVAL_MS)
    const lookBackMs = lengthOf(values, 'look-back', DAY_MS)
    const endMs = textOf(values, 'for') === undefined ? Number.POSITIVE_INFINITY : nowMs + lengthOf(values, 'for', 0)
    const news = createNews(asked, lookBackMs)
    const show = createShowing(asked, format)
    show(await news.first(selection.fromMs ?? nowMs - HOUR_MS))
    for (let silent = false; ; ) {
      const leftMs = endMs - Date.now()
      if (leftMs <= 0) return EXIT.ok
      await sleep(Math.min(intervalMs, leftMs))
      const answer = await attempt(news.next)
      if (answer.failure !== null && !silent) asked.io.stderr(`${answer.failure}; watching goes on\n`)
      silent = answer.failure !== null
      show(answer.anomalies)
    }
  },
}

/** What is new since the last look, oldest first. */
function createNews({ selection, source }: Asked, lookBackMs: number) {
  const seen = new Map<string, number>()
  const unseenFrom = async (fromMs: number): Promise<readonly Reported[]> => {
    const fresh: Reported[] = []
    for await (const page of scan(source.pagesOf(selection), { fromMs, toMs: selection.toMs, newestFirst: false })) {
      fresh.push(...page.filter(({ id }) => !seen.has(id)))
    }
    for (const { id, timeMs } of fresh) seen.set(id, timeMs)
    return fresh.filter((anomaly) => isSelected(selection, anomaly))
  }
  return {
    /** Shows from a time on; what is older was there before and is no news. */
    first: async (fromMs: number) => {
      const found = await unseenFrom(Math.min(fromMs, Date.now() - lookBackMs))
      return found.filter(({ timeMs }) => timeMs >= fromMs)
    },
    next: async () => {
      const fromMs = Date.now() - lookBackMs
      for (const [id, timeMs] of seen) if (timeMs < fromMs - HOUR_MS) seen.delete(id)
      return await unseenFrom(fromMs)
    },
  }
}

/** An API that does not answer now may do so again; anything else ends the watch. */
async function attempt(
  ask: () => Promise<readonly Reported[]>,
): Promise<{ anomalies: readonly Reported[]; failure: string | null }> {
  try {
    return { anomalies: await ask(), failure: null }
  } catch (error) {
    if (!(error instanceof UnavailableFailure)) throw error
    return { anomalies: [], failure: error.message }
  }
}

const WIDTHS = [16, 20, 8, 18, 32, 10, 8] as const

function createShowing({ settings, terminal, io }: Asked, format: 'table' | 'ndjson') {
  // Rows that come later must stand under the titles of the first.
  const columns = anomalyColumns(settings.timeZone).map((column, i) => ({ ...column, wide: WIDTHS[i] ?? 0 }))
  let headed = false
  return (anomalies: readonly Reported[]): void => {
    if (format === 'ndjson') for (const anomaly of anomalies) io.stdout(`${JSON.stringify(recordOf(anomaly))}\n`)
    if (format === 'ndjson' || (headed && anomalies.length === 0)) return
    const text = tableOf(anomalies, columns, terminal)
    io.stdout(headed ? text.slice(text.indexOf('\n') + 1) : text)
    headed = true
  }
}

function lengthOf(values: Values, option: 'interval' | 'look-back' | 'for', usual: number): number {
  const text = textOf(values, option)
  if (text === undefined) return usual
  const length = readLength(text)
  if (length === null || length === 0)
    throw usage('watch', `--${option}`, `'${text}' is no length of time`, 'write 30s, 5m, 24h or 7d')
  return length
}
