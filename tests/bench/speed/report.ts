import type { Goal } from './goals.ts'
import type { Taken } from './measured.ts'
import type { Comparison, Figures } from './rounds.ts'
import { median } from './rounds.ts'

/** The figures of one comparison as a Markdown table; ratios are to the first subject. */
export function tableOf({ title, subjects }: Comparison, figures: Figures): string {
  const header = ['', 'wall', 'least to most', 'processor', 'peak memory', 'results']
  const rows = subjects.map(({ name }) => {
    const { runs, results } = figures[name] ?? { runs: [], results: null }
    const values = (measure: keyof Taken) => runs.map((taken) => taken[measure])
    const walls = values('wall_ms')
    return [
      name,
      timeOf(median(walls)),
      `${timeOf(Math.min(...walls))} to ${timeOf(Math.max(...walls))}`,
      timeOf(median(values('cpu_ms'))),
      `${median(values('peak_mb')).toFixed(1)} MB`,
      results?.slice(0, 12) ?? '',
    ]
  })
  const rounds = figures[subjects[0]?.name ?? '']?.runs.length ?? 0
  return `### ${title}\n\nMedians of ${rounds} interleaved rounds.\n\n${markdown(header, rows)}`
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ goal, most, beyond, found, digits = 2 }) => [
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
