import type { Answers } from './answers.ts'
import { cellChart, lineChart, type Series } from './charts.ts'
import type { Dataset } from './dataset.ts'
import type { DaysAhead } from './status-comparison.ts'

const MOST_DAYS = 40

/** How many failing runs were announced at least so many days ahead. */
export function aheadChart(ahead: DaysAhead): string {
  const curve = (name: string, days: readonly number[], colour: number): Series => ({
    name,
    colour,
    points: Array.from(
      { length: MOST_DAYS * 4 + 1 },
      (_, i) => [i / 4, days.filter((d) => d >= i / 4 && d > 0).length / days.length] as const,
    ),
  })
  const lines = [
    curve('model: failure class', ahead.announced, 0),
    curve('model: also under 7 days to live', ahead.reported, 1),
    curve('status rule alone', ahead.status, 2),
  ]
  const axes = {
    title: 'Found at least so many days ahead',
    x: { label: 'days before failure', most: MOST_DAYS },
    y: { label: 'share of failing runs', most: 1 },
    legend: 'top' as const,
  }
  return lineChart(axes, lines)
}

/** Of each class: how often it was true where the model said a probability, before and after calibration. */
export function reliabilityCharts({ probabilities, calibrated }: Answers, { classes, labels }: Dataset): string[] {
  return classes.map((name, c) => {
    const axes = {
      title: name,
      x: { label: 'probability said', most: 1 },
      y: { label: 'share that was true', most: 1 },
      legend: 'bottom' as const,
    }
    const line = (label: string, values: Float64Array, colour: number) => ({
      name: label,
      colour,
      points: reliability(values, labels, c, classes.length),
    })
    const ideal = {
      name: '',
      colour: -1,
      points: [
        [0, 0],
        [1, 1],
      ] as const,
    }
    return lineChart(axes, [ideal, line('as said', probabilities, 2), line('calibrated', calibrated, 0)])
  })
}

const LEAST_ROWS = 20

function reliability(values: Float64Array, labels: Uint8Array, c: number, classes: number): [number, number][] {
  const bins = Array.from({ length: 10 }, () => ({ rows: 0, said: 0, truly: 0 }))
  for (const [row, label] of labels.entries()) {
    const value = values[row * classes + c] as number
    const bin = bins[Math.min(9, Math.floor(value * 10))] as (typeof bins)[number]
    bin.rows += 1
    bin.said += value
    if (label === c) bin.truly += 1
  }
  return bins.filter(({ rows }) => rows >= LEAST_ROWS).map(({ rows, said, truly }) => [said / rows, truly / rows])
}

/** Where true lives lie for each life that was said. */
export function livesChart({ lives }: Answers, { rulDays }: Dataset, horizonDays: number): string {
  const bins = 30
  const counts = Array.from({ length: bins }, () => new Array<number>(bins).fill(0))
  const binOf = (days: number) => Math.min(bins - 1, Math.floor((days / horizonDays) * bins))
  for (const [row, days] of lives.days.entries()) {
    const truth = rulDays[row] as number
    if (Number.isNaN(days) || Number.isNaN(truth) || truth > horizonDays) continue
    const column = counts[binOf(days)] as number[]
    column[binOf(truth)] = (column[binOf(truth)] as number) + 1
  }
  const axes = {
    title: 'Remaining useful life',
    x: { label: 'days said', most: horizonDays },
    y: { label: 'days true', most: horizonDays },
    legend: 'top' as const,
  }
  return cellChart(axes, counts)
}
