import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { encodeSpoolFile, entryOf } from '../../src/delivery/spool-file.ts'
import type { Severity } from '../../src/pump/status.ts'
import { aRecord, idOf } from '../delivery/records.ts'
import { startServer } from '../delivery/server.ts'
import { aSpool } from '../delivery/spools.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { deviceWith } from './device.ts'
import { packaged } from './packaged.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const MANY = 10_000
/** Enough for V8 to have compiled what it compiles of such a run, which takes 20 MB. */
const FEW = 2000
const STATUSES: readonly Severity[] = ['Warning', 'Critical', 'Warning', 'Failure']
/** So many are on their way at a time, and overtake each other. */
const CONCURRENCY = 4
const BUDGET_SECONDS = 1

let well: string

/** A state directory in memory in which so many anomalies wait. */
function crowded(count: number): string {
  const folder = quickFolder()
  const { unsent } = aSpool([], undefined, folder)
  for (let n = 0; n < count; n += 1) {
    const record = aRecord(n, STATUSES[n % STATUSES.length])
    writeFileSync(join(unsent, entryOf(record).name), encodeSpoolFile(record))
  }
  return folder
}

/** The order in which they are to go: the grave ones from the newest on, then the warnings from the oldest on. */
function orderOf(count: number): readonly string[] {
  const numbers = Array.from({ length: count }, (_, n) => n)
  const isGrave = (n: number) => STATUSES[n % STATUSES.length] !== 'Warning'
  return [...numbers.filter(isGrave).reverse(), ...numbers.filter((n) => !isGrave(n))].map(idOf)
}

/** How far the furthest of them arrived from its place. */
function disorder(keys: readonly string[], order: readonly string[]): number {
  const places = new Map(order.map((id, place) => [id, place]))
  return keys.reduce((most, id, place) => Math.max(most, Math.abs(place - (places.get(id) ?? Number.POSITIVE_INFINITY))), 0)
}

/** Runs a program and tells the peak of its memory [kB] on a last line of stderr. */
const MEASURED = `import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)`

/** A device where so many anomalies wait and each run tells its peak of memory. */
async function crowdedDevice(count: number) {
  const server = await startServer({ ignoresKeys: true })
  const state = crowded(count)
  const device = deviceWith(well, { base_url: server.url }, { state, under: ['python3', '-c', MEASURED] })
  return { server, device }
}

/** [kB] */
const peakOf = ({ stderr }: { readonly stderr: string }): number => Number(/^peak (\d+)$/m.exec(stderr)?.[1])

describe.runIf(canRun(HOST) && requireOrSkip(hasPrograms('python3'), 'apt-get install python3'))('flush', () => {
  beforeAll(async () => {
    well = await packaged(HOST, { model: null })
  })

  test(`brings ${MANY} waiting anomalies once each, the grave ones from the newest on first, in the memory that ${FEW} take, and leaves to the next what its time does not allow`, async () => {
    const few = await crowdedDevice(FEW)
    const less = await few.device.flush()
    expect([less.code, few.server.keys().length]).toEqual([0, FEW])

    const { server, device } = await crowdedDevice(MANY)
    const times: number[] = []
    server.behave = () => {
      times.push(performance.now())
      return { kind: 'work' }
    }
    device.configure({ base_url: server.url, time_budget_seconds: BUDGET_SECONDS })
    const first = await device.flush()
    const [, delivered = 0, left = 0] = /: (\d+) delivered, (\d+) wait in the spool: the time budget/.exec(first.stdout) ?? []
    expect([first.code, Number(delivered) + Number(left)]).toEqual([0, MANY])
    expect(Number(delivered)).toBeGreaterThan(0)
    expect(device.waiting()).toHaveLength(Number(left))
    // Those that were on their way when the time was up have arrived without our learning of it, and are not sent again.
    expect(server.keys().length - Number(delivered)).toBeLessThanOrEqual(CONCURRENCY)
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(2 * BUDGET_SECONDS * 1000)

    device.configure({ base_url: server.url })
    const second = await device.flush()
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining(`: ${left} delivered (`)])
    expect(device.waiting()).toEqual([])
    expect(server.keys()).toHaveLength(MANY)
    expect(new Set(server.keys()).size).toBe(MANY)
    expect(server.keys()[0]).toBe(orderOf(MANY)[0])
    expect(disorder(server.keys(), orderOf(MANY))).toBeLessThan(2 * CONCURRENCY)
    expect(peakOf(second) / peakOf(less)).toBeLessThan(1.25)
  })
})
