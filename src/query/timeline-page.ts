import { PARAMETERS } from '../pump/quantities.ts'
import { SEVERITIES, type Severity } from '../pump/status.ts'
import { labelOf } from './compare-text.ts'
import type { Instants } from './instants.ts'
import { escaped, pageOf } from './page.ts'
import { CAVEAT } from './stats-text.ts'
import { bridgeOf, type Grid, type PumpLine, runsOf } from './timeline-grid.ts'
import { counted, signed } from './wording.ts'

const HEIGHTS: Readonly<Record<Severity, number>> = { Normal: 2, Warning: 4, Critical: 7, Failure: 10 }

/** Statuses and deviations of all pumps as one page. */
export function timelinePage(lines: readonly PumpLine[], grid: Grid, instants: Instants): string {
  const period = `${instants.minute(grid.startMs)} to ${instants.minute(grid.endMs)} (${instants.zone})`
  const total = lines.reduce((sum, { slots }) => sum + slots.reduce((count, { anomalies }) => count + anomalies, 0), 0)
  const body = [
    '<h1>What the pumps reported</h1>',
    `<p>${escaped(`${counted(total, 'anomaly')} of ${counted(lines.length, 'pump')}, ${period}. ${CAVEAT}`)}</p>`,
    '<h2>Status</h2>',
    statusKey(),
    `<div class="lanes">${lines.map((line) => lane(line, grid)).join('')}`,
    `<span></span><span class="ends"><span>${escaped(instants.day(grid.startMs))}</span><span>${escaped(instants.day(grid.endMs))}</span></span></div>`,
    '<h2 id="deviations">Deviations</h2>',
    '<p>Reported deviations from the baseline, the farthest of each slot. Drag to zoom, double-click to see all again.</p>',
    lines.length === 0 ? '' : chooser(lines),
    '<div class="chart" role="group" aria-label="Deviations" aria-describedby="by-pump"></div>',
    '<h2 id="by-pump">By pump</h2>',
    `<div class="scroll" tabindex="0" role="region" aria-labelledby="by-pump">${pumpTable(lines, instants)}</div>`,
  ].join('\n')
  return pageOf({ title: `Timeline of pumps, ${period}`, body, data: dataOf(lines, grid, instants), script: SCRIPT })
}

function statusKey(): string {
  const items = SEVERITIES.map(
    (name) => `<li><svg viewBox="0 0 10 10" aria-hidden="true">${block(name, 0, 10)}</svg>${name}</li>`,
  )
  return `<ul class="key">${items.join('')}<li>empty: nothing reported</li></ul>`
}

function lane(line: PumpLine, grid: Grid): string {
  const { slots } = line
  const label = escaped(labelOf(line))
  const blocks = runsOf(line, grid).map(({ status, first, last }) => block(status, first, last - first + 1))
  const counts = SEVERITIES.map((status) => ({ status, count: slots.filter((slot) => slot.status === status).length }))
  const told = counts.filter(({ count }) => count > 0).map(({ status, count }) => `${status} in ${count}`)
  const says = escaped(`${labelOf(line)}: ${told.join(', ')} of ${grid.slots} slots`)
  return `<span class="name" title="${label}">${label}</span><svg viewBox="0 0 ${grid.slots} 10" preserveAspectRatio="none" role="img" aria-label="${says}">${blocks.join('')}</svg>`
}

function block(status: Severity, x: number, width: number): string {
  const height = HEIGHTS[status]
  return `<rect class="${status}" x="${x}" y="${10 - height}" width="${width}" height="${height}"/>`
}

function chooser(lines: readonly PumpLine[]): string {
  const options = lines.map((line, i) => `<option value="${i}">${escaped(labelOf(line))}</option>`)
  return `<p class="screen"><label>Pump <select id="pump">${options.join('')}</select></label></p>`
}

function pumpTable(lines: readonly PumpLine[], instants: Instants): string {
  const rows = lines.map((line) => {
    const anomalies = line.slots.reduce((sum, slot) => sum + slot.anomalies, 0)
    const worst = line.slots.reduce<Severity>(
      (a, { status }) => (SEVERITIES.indexOf(status) > SEVERITIES.indexOf(a) ? status : a),
      'Normal',
    )
    const last = line.slots.at(-1)
    const farthest = PARAMETERS.map((parameter) => {
      const values = line.slots.flatMap(({ deviations }) => deviations[parameter] ?? [])
      const value = values.reduce<number | null>((a, b) => (a === null || Math.abs(b) > Math.abs(a) ? b : a), null)
      return `<td class="number">${value === null ? '–' : `${signed(value, 1)} %`}</td>`
    })
    return `<tr><th scope="row">${escaped(labelOf(line))}</th><td class="number">${anomalies}</td><td class="status ${worst}">${worst}</td>${farthest.join('')}<td class="now">${last === undefined ? '–' : `${instants.minute(line.lastMs)}, <span class="status ${last.status}">${last.status}</span>`}</td></tr>`
  })
  const parameters = PARAMETERS.map((name) => `<th scope="col" class="number">${name}</th>`).join('')
  return `<table><caption>Anomalies, worst status and farthest deviations</caption><thead><tr><th scope="col">pump</th><th scope="col" class="number">anomalies</th><th scope="col">worst</th>${parameters}<th scope="col">last report</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** Slots as [index, flow, head, power, efficiency], rounded to what a chart can show. */
function dataOf(lines: readonly PumpLine[], grid: Grid, instants: Instants): unknown {
  const round = (value: number | undefined) => (value === undefined ? null : Number(value.toFixed(2)))
  return {
    ...grid,
    bridge: bridgeOf(grid),
    zone: instants.zone,
    parameters: PARAMETERS,
    pumps: lines.map((line) => ({
      label: labelOf(line),
      slots: line.slots.map(({ index, deviations }) => [index, ...PARAMETERS.map((name) => round(deviations[name]))]),
    })),
  }
}

const SCRIPT = `
const place = document.querySelector('.chart'), chosen = document.getElementById('pump')
const slotS = (data.endMs - data.startMs) / data.slots / 1e3, at = (index) => data.startMs / 1e3 + (index + 0.5) * slotS
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]]
const span = { min: data.startMs / 1e3, max: data.endMs / 1e3 }
let chart = null
const columns = (slots, used) => {
  const all = [[], ...used.map(() => [])]
  let last = -1
  for (const [index, ...values] of slots) {
    if (index > last + 1 + data.bridge) for (const [i, column] of all.entries()) column.push(i === 0 ? at(last + 1) : null)
    all[0].push(at(index))
    for (const [i, parameter] of used.entries()) all[i + 1].push(values[parameter])
    last = index
  }
  return all
}
const draw = () => {
  const pump = data.pumps[chosen === null ? 0 : Number(chosen.value)]
  if (pump === undefined) return
  const used = data.parameters.map((_, i) => i).filter((i) => pump.slots.some((slot) => slot[i + 1] !== null))
  chart?.destroy()
  chart = new uPlot({
    width: place.clientWidth, height: 320, tzDate: inZone,
    scales: { x: { auto: false, ...span } },
    axes: axes({ label: '% of the baseline', size: 56, values: (_, ticks) => ticks.map((tick) => (tick > 0 ? '+' : tick < 0 ? '−' : '') + Math.abs(tick)) }),
    series: [time, ...used.map((i) => {
      const name = data.parameters[i]
      return { label: name, stroke: resolved(name), width: 2, dash: dashes[i], points: { show: true, size: 4, fill: resolved(name) }, value: (_, value) => value === null ? '–' : value.toFixed(1) + ' %' }
    })],
    hooks: { setScale: [(made, key) => { if (key === 'x' && made.scales.x.min === made.data[0][0] && made.scales.x.max === made.data[0].at(-1)) made.setScale('x', span) }] },
  }, columns(pump.slots, used), place)
  place.setAttribute('aria-label', 'Deviations of pump ' + pump.label)
}
chosen?.addEventListener('change', draw)
redrawn(draw)
`
