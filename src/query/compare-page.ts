import { labelOf } from './compare-text.ts'
import type { Comparison } from './comparison.ts'
import type { Instants } from './instants.ts'
import { escaped, pageOf } from './page.ts'
import { CAVEAT } from './stats-text.ts'
import type { Ranked } from './urgency.ts'
import { counted, lengthInWords, signed } from './wording.ts'

/** Lines that a chart can tell apart. */
const MOST_LINES = 4
const MOST_EVENTS = 50

/** Pumps side by side as one page. */
export function comparePage(ranked: readonly Ranked[], comparison: Comparison, instants: Instants): string {
  const period = `${instants.minute(Date.parse(comparison.from))} to ${instants.minute(Date.parse(comparison.to))} (${instants.zone})`
  const body = [
    '<h1>Pumps by urgency</h1>',
    `<p>${escaped(`${counted(ranked.length, 'pump')}, ${period}. ${CAVEAT}`)}</p>`,
    `<div class="scroll" tabindex="0" role="region" aria-label="Pumps by urgency">${rankTable(ranked, Date.parse(comparison.to))}</div>`,
    '<h2 id="episodes">Episodes so far</h2>',
    `<p>Count of episodes of the ${Math.min(MOST_LINES, ranked.length)} most urgent pumps: a line that bends upward is a pump that gets worse. Drag to zoom, double-click to see all again.</p>`,
    '<div class="chart" role="group" aria-labelledby="episodes"></div>',
    '<h2 id="shared">Begun together</h2>',
    sharedPart(comparison, instants),
  ].join('\n')
  return pageOf({ title: `Pumps by urgency, ${period}`, body, data: dataOf(ranked, comparison, instants), script: SCRIPT })
}

function rankTable(ranked: readonly Ranked[], endMs: number): string {
  const most = Math.max(1e-9, ...ranked.map(({ episodes_per_30_days: rate }) => rate))
  const rows = ranked.map((pump) => {
    const {
      rank,
      active,
      last_status: last,
      last_report: at,
      worst_status: worst,
      episodes_per_30_days: rate,
      rul_days: life,
    } = pump
    const now = active
      ? `<span class="status ${last}">${last}</span>`
      : `silent ${escaped(lengthInWords(Math.max(0, endMs - Date.parse(at))))}`
    const deviation = pump.worst_deviation
    return [
      `<tr><td class="number">${rank}</td><th scope="row">${escaped(labelOf(pump))}</th><td class="now">${now}</td><td class="why">${escaped(pump.because.replaceAll(' %', '\u00A0%'))}</td><td class="status ${worst}">${worst}</td>`,
      `<td class="number">${rate.toFixed(1)}<span class="bar" style="width:${((rate / most) * 100).toFixed(1)}%"></span></td>`,
      `<td class="now">${deviation === null ? '–' : `${deviation.parameter} ${signed(deviation.deviation, 1)} %`}</td>`,
      `<td class="number">${life === null ? '–' : `${life.toFixed(1)} d`}</td></tr>`,
    ].join('')
  })
  const head = [
    '<th scope="col" class="number">#</th><th scope="col">pump</th><th scope="col">now</th><th scope="col">why here</th><th scope="col">worst</th>',
    '<th scope="col" class="number">episodes in 30 d</th><th scope="col">worst deviation</th><th scope="col" class="number">RUL</th>',
  ].join('')
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function sharedPart({ shared }: Comparison, instants: Instants): string {
  const { events, expected_by_chance: chance } = shared
  const said = `Episodes of several pumps of one site that began together are rather the site's trouble than a pump's. ${counted(events.length, 'event')}; chance alone would make about ${chance.toFixed(chance < 10 ? 1 : 0)}.`
  if (events.length === 0) return `<p>${escaped(said)}</p>`
  const rows = events
    .slice(0, MOST_EVENTS)
    .map(
      ({ startMs, siteId, pumps, parameters }) =>
        `<tr><td class="time">${instants.minute(startMs)}</td><td class="number">${siteId}</td><td>${escaped(`${pumps.length}: ${pumps.join(', ')}`)}</td><td>${escaped(parameters.join(', '))}</td></tr>`,
    )
  const more = events.length > MOST_EVENTS ? `<p>… and ${events.length - MOST_EVENTS} more</p>` : ''
  return `<p>${escaped(said)}</p><div class="scroll" tabindex="0" role="region" aria-labelledby="shared"><table><thead><tr><th scope="col">time (${escaped(instants.zone)})</th><th scope="col" class="number">site</th><th scope="col">pumps</th><th scope="col">reported</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${more}`
}

function dataOf(ranked: readonly Ranked[], comparison: Comparison, instants: Instants): unknown {
  return {
    zone: instants.zone,
    startMs: Date.parse(comparison.from),
    endMs: Date.parse(comparison.to),
    pumps: ranked.slice(0, MOST_LINES).map((pump) => ({
      label: labelOf(pump),
      starts: (comparison.starts.get(pump.pump) ?? []).map((ms) => ms / 1000),
    })),
  }
}

const SCRIPT = `
const place = document.querySelector('.chart')
const names = ['flow', 'head', 'power', 'efficiency'], dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]]
const times = [...new Set([data.startMs / 1e3, data.endMs / 1e3, ...data.pumps.flatMap(({ starts }) => starts)])].sort((a, b) => a - b)
const counts = data.pumps.map(({ starts }) => { let i = 0; return times.map((time) => { while (i < starts.length && starts[i] <= time) i++; return i }) })
let chart = null
const draw = () => {
  chart?.destroy()
  chart = new uPlot({
    width: place.clientWidth, height: 320, tzDate: inZone,
    axes: axes({ label: 'episodes', size: 56 }),
    series: [time, ...data.pumps.map(({ label }, i) => ({ label, stroke: resolved(names[i]), width: 2, dash: dashes[i], paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }))],
  }, [times, ...counts], place)
}
if (data.pumps.length > 0) redrawn(draw)
`
