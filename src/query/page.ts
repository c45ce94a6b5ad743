import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Everything that a page shows, and the values that its script draws. */
export interface Page {
  readonly title: string
  /** HTML. */
  readonly body: string
  readonly data: unknown
  /** What runs in the browser, with `data` and `uPlot` at hand. */
  readonly script: string
}

/** Colours tell nothing alone: heights, words and dashes say the same. Contrasts are those of WCAG AA on both papers. */
const STYLE = `
:root { color-scheme: light dark;
  --paper: light-dark(#fff, #14181e); --ink: light-dark(#1c2430, #e6e9ee); --soft: light-dark(#566171, #a3adba); --rule: light-dark(#dfe4ea, #333b46); --lane: light-dark(#f3f5f8, #1d232b);
  --normal: light-dark(#2e7d32, #66bb6a); --warning: light-dark(#a86400, #f2b04c); --critical: light-dark(#a0319c, #dd86da); --failure: light-dark(#c0261b, #ff8077);
  --flow: light-dark(#0b62bb, #6cb2f7); --head: light-dark(#b3400e, #f79a6b); --power: light-dark(#6a4fbf, #b3a1f5); --efficiency: light-dark(#1d7a5f, #5fcaa7) }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.45rem; margin: 0 0 .2rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } p { margin: .2rem 0 .8rem; max-width: 52rem; color: var(--soft) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% } caption { text-align: left; color: var(--soft); padding-bottom: .3rem }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top } td.number, th.number { text-align: right; white-space: nowrap } th[scope=row] { white-space: nowrap; max-width: 16rem; overflow: hidden; text-overflow: ellipsis } td.why { min-width: 18rem } td.now, td.time { white-space: nowrap } thead th { font-weight: 600 }
.scroll { overflow-x: auto } .scroll:focus-visible, select:focus-visible, button:focus-visible, summary:focus-visible { outline: 2px solid var(--flow); outline-offset: 2px }
.status { font-weight: 600; white-space: nowrap } .Normal { color: var(--normal) } .Warning { color: var(--warning) } .Critical { color: var(--critical) } .Failure { color: var(--failure) }
.bar { display: block; height: .45rem; margin-top: .3rem; background: var(--flow); border-radius: 2px; min-width: 1px; print-color-adjust: exact }
.lanes { display: grid; grid-template-columns: minmax(5rem, 14rem) minmax(0, 1fr); gap: .3rem .8rem; align-items: center } .lanes .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.lanes svg { width: 100%; height: 1.7rem; display: block; background: var(--lane); print-color-adjust: exact } .lanes .ends { display: flex; justify-content: space-between; color: var(--soft); font-size: .85rem }
svg rect.Normal { fill: var(--normal) } svg rect.Warning { fill: var(--warning) } svg rect.Critical { fill: var(--critical) } svg rect.Failure { fill: var(--failure) }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; color: var(--soft); padding: 0; margin: .5rem 0; list-style: none } .key svg { width: .9rem; height: .9rem; background: var(--lane); margin-right: .35rem; vertical-align: -2px }
select, button { font: inherit; color: inherit; background: var(--lane); border: 1px solid var(--soft); border-radius: 4px; padding: .25rem .6rem }
label { display: inline-flex; gap: .5rem; align-items: center; max-width: 100% } select { max-width: 100%; min-width: 0 }
.chart { min-height: 20rem } .u-legend { font-size: .9rem; text-align: left } .u-legend th { padding: 0 .3rem 0 0; border: 0 } .u-legend td { padding: 0 .8rem 0 0; border: 0 } .uplot { font-family: inherit } .u-legend.u-inline tr { margin-right: .8rem }
.u-select { background: color-mix(in srgb, var(--flow) 18%, transparent) }
@media (max-width: 40rem) { td.why { min-width: 13rem } .lanes { grid-template-columns: minmax(0, 1fr); gap: .1rem } .lanes svg { margin-bottom: .5rem } }
@media print { :root { color-scheme: light } body { max-width: none; padding: 0 } .screen { display: none } h2 { break-after: avoid } tr, .lanes > * { break-inside: avoid } }`

const FRAME = `
'use strict'
const data = JSON.parse(document.getElementById('data').textContent)
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name)
const resolved = (name) => { const probe = document.createElement('i'); probe.style.color = 'var(--' + name + ')'; document.body.append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found }
const none = [null, null, null, null, null, 1]
const dates = [[31536000, '{YYYY}', null, ...none], [2419200, '{YYYY}-{MM}', null, ...none], [86400, '{MM}-{DD}', '\\n{YYYY}', ...none],
  [3600, '{HH}:{mm}', '\\n{YYYY}-{MM}-{DD}', null, '\\n{MM}-{DD}', null, null, null, 1], [60, '{HH}:{mm}', '\\n{YYYY}-{MM}-{DD}', null, '\\n{MM}-{DD}', null, null, null, 1], [0.001, ':{ss}.{fff}', null, ...none]]
const axis = () => ({ stroke: resolved('soft'), grid: { stroke: resolved('rule'), width: 1 }, ticks: { stroke: resolved('rule'), width: 1 } })
const axes = (more) => [{ ...axis(), values: dates, space: 80 }, { ...axis(), ...more }]
const time = { label: 'time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }
const inZone = uPlot.tzDate ? (ts) => uPlot.tzDate(new Date(ts * 1e3), data.zone) : undefined
const redrawn = (draw) => { draw(); matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw); let width = innerWidth; addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; draw() } }) }
`

/** One page that needs nothing else: no network, no font, no other file; its policy forbids them. */
export function pageOf({ title, body, data, script }: Page): string {
  const chart = chartLibrary()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${chart.style}${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>/*
${chart.licence}
*/
${chart.script}
</script>
<script>{${FRAME}${script}}</script>
</body>
</html>
`
}

/** uPlot, as its authors publish it, with its licence. */
function chartLibrary(): { script: string; style: string; licence: string } {
  const read = (url: string) => readFileSync(fileURLToPath(url), 'utf8').trim()
  return {
    script: read(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
    style: read(import.meta.resolve('uplot/dist/uPlot.min.css')),
    licence: `uPlot. ${read(import.meta.resolve('uplot/LICENSE'))}`.replaceAll('*/', ''),
  }
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
