import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../build/root.ts'
import { fleetBaseline } from './pump.ts'
import type { Comparison, Subject } from './rounds.ts'
import type { Workshop } from './workshop.ts'

/** Executables of so many pumps beside copies of the same bytes; needs 125 MB of disk for each. */
export function packaging(workshop: Workshop, pumps: number, rounds: number): Comparison {
  const { folder, pump, forest } = workshop
  const output = join(folder, 'packaged')
  const prepare = (): void => {
    rmSync(output, { recursive: true, force: true })
    mkdirSync(output)
  }
  const names = Array.from({ length: pumps }, (_, index) => `Well ${index + 1}`)
  const baseline = join(folder, `fleet-${pumps}.csv`)
  writeFileSync(baseline, fleetBaseline(names))
  const { columns, deployment: config, tolerances } = pump
  const defaults = { version: '1.0.0', baseline, columns, config, tolerances, model: forest.model }
  const fleet = join(folder, `fleet-${pumps}.json`)
  writeFileSync(fleet, JSON.stringify({ defaults, pumps: names.map((name) => ({ pump: name })) }))
  const build = [
    process.execPath,
    join(ROOT, 'src', 'cli.ts'),
    'fleet',
    fleet,
    '--output',
    output,
    '--target',
    'linux-x64',
    '--no-zip',
  ]
  const copy = `for pump in $(seq ${pumps}); do cp '${pump.withForest}' '${output}'/$pump; done`
  const synced: Subject = { name: 'cp, synced', command: ['sh', '-c', `${copy}; sync '${output}'/*`], prepare }
  return {
    title: `Packaging of ${pumps} ${pumps === 1 ? 'pump' : 'pumps'}, without ZIPs`,
    rounds,
    after: () => rmSync(output, { recursive: true, force: true }),
    subjects: [
      { name: 'pump-monitor fleet', command: build, prepare, peer: synced.name },
      { name: 'cp', command: ['sh', '-c', copy], prepare },
      synced,
    ],
  }
}
