import type { Selection } from './selection.ts'
import type { Source } from './source.ts'

/** First and last instant of what is asked for: its own ends, or those of the anomalies where it has none. */
export async function extentOf(source: Source, selection: Selection, nowMs: number): Promise<{ startMs: number; endMs: number }> {
  const ask = source.pagesOf(selection)
  const endOf = async (newestFirst: boolean) => {
    const { fromMs, toMs } = selection
    const page = await ask({ fromMs, toMs, skip: 0, newestFirst })
    return page.items[0]?.timeMs ?? null
  }
  const startMs = selection.fromMs ?? (await endOf(false)) ?? nowMs
  const endMs = selection.toMs ?? Math.max(nowMs, (await endOf(true)) ?? nowMs)
  return { startMs, endMs: Math.max(endMs, startMs + 1) }
}
