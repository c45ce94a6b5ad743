import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CACHE } from '../../build/cache.ts'
import { readFleet } from '../../build/fleet-file.ts'
import { runFleet } from '../../build/fleet-run.ts'
import { buildRuntime } from '../../build/runtime.ts'
import { runtimePart } from '../../build/runtime-part.ts'
import { WELL_1 } from '../binary/packaged.ts'

/*
 * How long a fleet takes beside copying the same bytes, and how much memory:
 * node build/pinned-node.mjs tests/bench/fleet.ts [PUMPS] [FOLDER].
 * Needs 170 MB of disk per pump in FOLDER (default: this one). Copying, executables, and executables with ZIPs take
 * turns on one file system in one run, since a shared machine is never the same twice.
 */

const [pumps = '50', home = '.'] = process.argv.slice(2)
const count = Number(pumps)
const folder = mkdtempSync(join(resolve(home), 'fleet-bench-'))

const HEADER =
  'Well ID,pump_type,horsepower,application,baseline_flow_gpm,baseline_discharge_pressure_psi,baseline_power_hp,baseline_efficiency_percent'

function fleetFile(): string {
  const names = Array.from({ length: count }, (_, index) => `Well ${index + 1}`)
  const rows = names.map((name, index) => `${name},x,24,Municipal Water and Wastewater,${252 + index / 10},75.31,20.035,55.3`)
  const baseline = join(folder, 'baseline.csv')
  writeFileSync(baseline, `${[HEADER, ...rows].join('\n')}\n`)
  const { columns, config, model } = WELL_1
  const file = join(folder, 'fleet.json')
  writeFileSync(
    file,
    JSON.stringify({ defaults: { version: '1.0.0', baseline, columns, config, model }, pumps: names.map((pump) => ({ pump })) }),
  )
  return file
}

const seconds = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const memory = { peak: 0 }
const watch = setInterval(() => {
  memory.peak = Math.max(memory.peak, process.memoryUsage().rss)
}, 100)

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const quiet = { stdout: () => undefined, stderr: () => undefined, cwd: '/', env: {} }

async function built(directory: string, zip: boolean): Promise<number> {
  const fleet = await readFleet(fleetFile(), { only: [], embedToken: false })
  const runtime = await buildRuntime('linux-arm64', say)
  const part = await runtimePart(runtime.path, { directory: CACHE, log: say })
  const request = { fleet, target: 'linux-arm64', jobs: 2, directory, resume: false, whole: true } as const
  const workshop = { runtime, part, buildTime: new Date(0), key: null, zip }
  memory.peak = 0
  return await seconds(async () => await runFleet(request, quiet, async () => workshop))
}

try {
  const directory = join(folder, 'out')
  const stamped = await built(directory, false)
  say(
    `${count} executables: ${stamped.toFixed(1)} s, checking their inputs included; memory ${(memory.peak / 1e6).toFixed(0)} MB at most`,
  )
  const files = readdirSync(directory).filter((name) => name.includes('_v'))
  const copies = join(folder, 'copies')
  mkdirSync(copies)
  const copied = await seconds(() => {
    for (const name of files) copyFileSync(join(directory, name), join(copies, name))
  })
  const bytes = files.reduce((total, name) => total + statSync(join(directory, name)).size, 0)
  say(
    `copying the same ${(bytes / 1e9).toFixed(1)} GB: ${copied.toFixed(1)} s; building them is ${(stamped / copied).toFixed(1)} times that`,
  )
  rmSync(copies, { recursive: true })
  rmSync(directory, { recursive: true })
  const whole = await built(directory, true)
  say(
    `with ZIPs: ${whole.toFixed(1)} s, ${(whole / count).toFixed(2)} s per pump; memory ${(memory.peak / 1e6).toFixed(0)} MB at most`,
  )
} finally {
  clearInterval(watch)
  rmSync(folder, { recursive: true, force: true })
}
