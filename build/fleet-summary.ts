import type { PumpOutcome } from './fleet-build.ts'
import { byCodeUnits } from './manifest.ts'

/** One row for each pump, and how it went in one line. */
export function summaryTable(outcomes: readonly PumpOutcome[], index: string): string {
  const header = ['pump', 'version', 'outcome', 'executable', 'ZIP', 'sha256', 'time']
  const sorted = outcomes.toSorted((a, b) => byCodeUnits(a.pump.slug, b.pump.slug))
  const rows = [header, ...sorted.map(rowOf)]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const table = rows.map(
    (row) =>
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
  )
  const count = (kind: PumpOutcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const counts = [
    `${count('built')} built`,
    `${count('kept')} left as they were`,
    `${count('broken')} with wrong inputs`,
    `${count('failed')} that could not be written`,
  ].filter((text) => !text.startsWith('0 ') || text === '0 built')
  return `${table.join('')}\n${outcomes.length} pump${outcomes.length === 1 ? '' : 's'}: ${counts.join(', ')}. ${index}\n`
}

function rowOf(outcome: PumpOutcome): string[] {
  const { pump } = outcome
  const first = [pump.inputs.pump, pump.version]
  switch (outcome.kind) {
    case 'built':
    case 'kept': {
      const { entry, seconds, kind } = outcome
      const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
      const zip = entry.artifact === null ? '-' : mb(entry.artifact.size)
      return [...first, kind, mb(entry.size), zip, entry.sha256.slice(0, 12), `${seconds.toFixed(1)} s`]
    }
    case 'broken':
      return [...first, `${outcome.problems.length} wrong input${outcome.problems.length === 1 ? '' : 's'}`]
    case 'failed':
      return [...first, 'not written']
  }
}
