import type { CurveBaseline } from '../pump/baseline.ts'
import { efficiencyAt, headAt, powerAt } from '../pump/curve.ts'
import type { TestPoint } from '../pump/curve-fit.ts'
import { testedFlows } from '../pump/curve-search.ts'
import { efficiency } from '../pump/efficiency.ts'

const WIDTH = 720
const PANEL = { left: 70, right: 20, top: 46, height: 190, gap: 34 } as const
const COLOURS = { curve: '#1f5fa8', point: '#c2410c', best: '#6b7280', grid: '#e5e7eb', text: '#111827' } as const

interface Panel {
  readonly title: string
  readonly curve: (flowM3h: number) => number | null
  readonly point: (point: TestPoint) => number | null
}

/** A picture of curves and their points, one panel per quantity over one axis of flow. Plain SVG, no script. */
export function curvePicture(baseline: CurveBaseline, points: readonly TestPoint[]): string {
  const panels: Panel[] = [
    { title: 'head [m]', curve: (flow) => headAt(baseline, flow), point: ({ headM }) => headM },
    { title: 'power [kW]', curve: (flow) => powerAt(baseline, flow), point: ({ powerKw }) => powerKw },
    { title: 'efficiency [%]', curve: (flow) => efficiencyAt(baseline, flow), point: (point) => efficiencyOf(point, baseline) },
  ]
  const shown = panels.filter(({ curve }) => curve(baseline.flow_range_m3h[1]) !== null)
  const height = PANEL.top + shown.length * (PANEL.height + PANEL.gap) + 20
  const bodies = shown.map((panel, index) => drawn(panel, baseline, points, PANEL.top + index * (PANEL.height + PANEL.gap)))
  const title = `${baseline.pump}${baseline.speed_rpm === null ? '' : ` at ${Math.round(baseline.speed_rpm)} rpm`}${baseline.date === null ? '' : `, ${baseline.date}`}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${COLOURS.text}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${PANEL.left}" y="24" font-size="15">${escaped(title)}</text>`,
    ...bodies,
    `<text x="${WIDTH - PANEL.right}" y="${height - 8}" text-anchor="end">flow [m³/h]</text>`,
    '</svg>',
    '',
  ].join('\n')
}

function drawn({ title, curve, point }: Panel, baseline: CurveBaseline, points: readonly TestPoint[], top: number): string {
  const flows = testedFlows(baseline)
  const values = [...flows.map(curve), ...points.map(point)].filter((value) => value !== null)
  const ticks = ticksTo(Math.max(...values))
  const flowTicks = ticksTo(baseline.flow_range_m3h[1])
  const x = (flow: number): string => place(PANEL.left, WIDTH - PANEL.right, flow / (flowTicks.at(-1) ?? 1))
  const y = (value: number): string => place(top + PANEL.height, top, value / (ticks.at(-1) ?? 1))
  const bottom = top + PANEL.height
  const best = baseline.best_flow_m3h
  return [
    ...ticks.map(
      (tick) =>
        line(PANEL.left, y(tick), WIDTH - PANEL.right, y(tick)) + text(PANEL.left - 6, Number(y(tick)) + 4, 'end', label(tick)),
    ),
    ...flowTicks.map((tick) => line(x(tick), top, x(tick), bottom) + text(x(tick), bottom + 15, 'middle', label(tick))),
    text(PANEL.left + 6, top + 14, 'start', title),
    best === null
      ? ''
      : `<line x1="${x(best)}" y1="${top}" x2="${x(best)}" y2="${bottom}" stroke="${COLOURS.best}" stroke-dasharray="4 3"/>`,
    `<polyline fill="none" stroke="${COLOURS.curve}" stroke-width="2" points="${flows.map((flow) => `${x(flow)},${y(curve(flow) ?? 0)}`).join(' ')}"/>`,
    ...points.map((entry) => {
      const value = point(entry)
      return value === null ? '' : `<circle cx="${x(entry.flowM3h)}" cy="${y(value)}" r="3.5" fill="${COLOURS.point}"/>`
    }),
  ].join('\n')
}

function efficiencyOf({ flowM3h, headM, powerKw, efficiencyPercent }: TestPoint, baseline: CurveBaseline): number | null {
  return powerKw === null ? efficiencyPercent : efficiency({ flowM3h, headM, powerKw }, baseline.liquid_density_kg_m3)
}

/** Round numbers from zero to the first at or above the largest value. */
function ticksTo(largest: number): number[] {
  const rough = Math.max(largest, 1e-9) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => index * step)
}

function place(from: number, to: number, share: number): string {
  return (from + (to - from) * share).toFixed(1)
}

function line(x1: number | string, y1: number | string, x2: number | string, y2: number | string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLOURS.grid}"/>`
}

function text(x: number | string, y: number, anchor: string, content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function label(tick: number): string {
  return String(Number(tick.toPrecision(6)))
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
