import type { Goal } from './goals.ts'
import type { Comparison, Figures } from './rounds.ts'
import { type Measure, median, ratio } from './rounds.ts'

/** The figures of one comparison as a Markdown table; shares are medians of the shares in each round. */
export function tableOf({ title, subjects }: Comparison, figures: Figures): string {
  const header = ['', 'wall', 'least to most', 'processor', 'peak memory', 'of its peer: wall', 'processor', 'memory', 'results']
  const rows = subjects.map(({ name, peer }) => {
    const share = (measure: Measure) => (peer === undefined ? '' : (ratio(figures, name, peer, measure)?.toFixed(2) ?? ''))
    const { runs, results } = figures[name] ?? { runs: [], results: null }
    const values = (measure: Measure) => runs.map((taken) => taken[measure])
    const walls = values('wall_ms')
    return [
      name,
      timeOf(median(walls)),
      `${timeOf(Math.min(...walls))} to ${timeOf(Math.max(...walls))}`,
      timeOf(median(values('cpu_ms'))),
      `${median(values('peak_mb')).toFixed(1)} MB`,
      share('wall_ms'),
      share('cpu_ms'),
      share('peak_mb'),
      results?.slice(0, 12) ?? '',
    ]
  })
  const rounds = figures[subjects[0]?.name ?? '']?.runs.length ?? 0
  return `### ${title}\n\nMedians of ${rounds} interleaved rounds.\n\n${markdown(header, rows)}`
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals
    .filter(({ found }) => found !== null)
    .map(({ goal, most, beyond, found, digits = 2 }) => [
      goal,
      `≤ ${Number(most.toFixed(3))}${beyond === undefined ? '' : ` (beyond: ${beyond})`}`,
      found === null ? 'not measured' : found.toFixed(digits),
      found === null ? '' : found <= most ? 'met' : 'not met',
    ])
  return `### Goals\n\n${markdown(['', 'goal', 'found', ''], rows)}`
}

export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lineOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return `${[header, header.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map(lineOf).join('\n')}\n`
}

function timeOf(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(ms < 1000 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
