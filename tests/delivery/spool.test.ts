import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readLosses } from '../../src/delivery/losses.ts'
import { decodeSpoolFile } from '../../src/delivery/spool-file.ts'
import type { Severity } from '../../src/pump/status.ts'
import { aRecord, idOf } from './records.ts'
import { startServer } from './server.ts'
import { aClient, aSpool, send } from './spools.ts'

test("a waiting anomaly's file says when, how bad and which, and a person can read it", () => {
  const { unsent } = aSpool([aRecord(1, 'Critical')])
  expect(readdirSync(unsent)).toEqual([`2025-07-15T010000.000Z_Critical_${idOf(1)}.json`])
  const text = readFileSync(join(unsent, readdirSync(unsent)[0] ?? ''), 'utf8')
  expect(text).toContain('\n    "siteId": 12,\n')
  expect(JSON.parse(text).anomaly).toEqual(aRecord(1, 'Critical'))
  expect(statSync(join(unsent, readdirSync(unsent)[0] ?? '')).mode & 0o777).toBe(0o600)
})

test('adding the same anomaly again changes nothing, also in a later run and after an attempt', () => {
  const { spool, open, unsent } = aSpool([aRecord(1), aRecord(1)])
  spool.markTried(spool.waiting())
  open().add(aRecord(1))
  expect(readdirSync(unsent)).toEqual([`2025-07-15T010000.000Z_Warning_${idOf(1)}.try1.json`])
})

test('listing needs no reading: what waits is known even from files of nothing', () => {
  const { open, unsent } = aSpool()
  for (const name of [
    '2025-07-15T010000.000Z_Warning_anomaly-1.json',
    '2025-07-15T020000.000Z_Failure_anomaly-2.try12.json',
    'notes.txt',
  ]) {
    writeFileSync(join(unsent, name), '')
  }
  expect(
    open()
      .waiting()
      .map(({ status, id, tries }) => [status, id, tries]),
  ).toEqual([
    ['Failure', 'anomaly-2', 12],
    ['Warning', 'anomaly-1', 0],
  ])
})

test('a temporary file that a killed run left is removed at the start', () => {
  const { open, unsent } = aSpool()
  writeFileSync(join(unsent, '.2025-07-15T010000.000Z_Warning_x.json.77.tmp'), 'half')
  expect(open().waiting()).toEqual([])
  expect(readdirSync(unsent)).toEqual([])
})

test('of twenty files the damaged one is set aside and said, and the others arrive', async () => {
  const server = await startServer()
  const { open, unsent, damaged, said } = aSpool(Array.from({ length: 20 }, (_, n) => aRecord(n)))
  const name = readdirSync(unsent).sort()[7] ?? ''
  const text = readFileSync(join(unsent, name), 'utf8')
  writeFileSync(join(unsent, name), text.replace('"logValue": 41.5', '"logValue": 41.6'))
  const report = await send(open(), aClient(server.url))
  expect(report).toMatchObject({ waiting: 0, stopped: null })
  expect(server.keys()).toHaveLength(19)
  expect(readdirSync(damaged)).toEqual([name])
  expect(said).toEqual([expect.stringMatching(/^error .*does not match its own checksum; moving it to .*damaged/)])
})

test('whichever byte of a waiting file is flipped, what is sent is the true anomaly or nothing', () => {
  const { open, unsent, damaged } = aSpool([aRecord(1)])
  const name = readdirSync(unsent)[0] ?? ''
  const path = join(unsent, name)
  const sound = readFileSync(path)
  const body = JSON.stringify(aRecord(1))
  let setAside = 0
  for (let position = 0; position < sound.length; position += 1) {
    const flipped = Buffer.from(sound)
    flipped[position] = (sound[position] ?? 0) ^ (1 << (position % 8))
    writeFileSync(path, flipped)
    const spool = open()
    const [entry] = spool.waiting()
    const read = entry === undefined ? null : spool.read(entry)
    expect([position, read?.body ?? body]).toEqual([position, body])
    if (read !== null) continue
    setAside += 1
    expect(readdirSync(damaged)).toEqual([name])
    rmSync(join(damaged, name))
  }
  // Only white space between the parts can be flipped without harm.
  expect(setAside).toBeGreaterThan(sound.length * 0.7)
})

test('wherever a waiting file is cut off, it is set aside; but for its last line end', () => {
  const { unsent } = aSpool([aRecord(1)])
  const text = readFileSync(join(unsent, readdirSync(unsent)[0] ?? ''), 'utf8')
  for (let length = 0; length < text.length - 1; length += 1) {
    expect([length, decodeSpoolFile(text.slice(0, length), idOf(1)).kind]).toEqual([length, 'damaged'])
  }
  expect(decodeSpoolFile(text.slice(0, -1), idOf(1)).kind).toBe('sound')
})

test('a file under the name of another anomaly is set aside', () => {
  const { open, unsent, damaged } = aSpool([aRecord(1)])
  const name = readdirSync(unsent)[0] ?? ''
  renameSync(join(unsent, name), join(unsent, name.replace(idOf(1), idOf(2))))
  const spool = open()
  for (const entry of spool.waiting()) expect(spool.read(entry)).toBeNull()
  expect(readdirSync(damaged)).toHaveLength(1)
})

test('a file that cannot be read stays, is said, and does not hinder the others', async () => {
  const server = await startServer()
  const { open, unsent, said } = aSpool([aRecord(1), aRecord(2)])
  const name = readdirSync(unsent).sort()[0] ?? ''
  rmSync(join(unsent, name))
  mkdirSync(join(unsent, name))
  const report = await send(open(), aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [idOf(2)], waiting: 1 })
  expect(said[0]).toContain('cannot be read')
})

test('a full spool gives up the oldest warnings first, counts them and says so', () => {
  const one = readSize()
  const records = [
    aRecord(1, 'Failure'),
    aRecord(2, 'Warning'),
    aRecord(3, 'Critical'),
    aRecord(4, 'Normal'),
    aRecord(5, 'Warning'),
  ]
  const { spool, open, said, losses } = aSpool(records, one * 5.5)
  const ids = () =>
    open()
      .waiting()
      .map(({ id }) => id)
  expect(ids()).toHaveLength(5)
  spool.add(aRecord(6, 'Failure'))
  expect(ids()).not.toContain(idOf(2))
  for (const n of [7, 8, 9]) spool.add(aRecord(n, 'Failure'))
  expect(ids()).toEqual([9, 8, 7, 6, 3].map(idOf))
  expect(readLosses(losses)).toEqual({ unsent: { Warning: 2, Normal: 1, Failure: 1 }, rejected: 0, damaged: 0 })
  expect(said.filter((line) => line.includes('was given up unsent'))).toHaveLength(4)
})

test('the folder of the rejected keeps to the same bound, and its loss is counted', () => {
  const one = readSize()
  const { spool, rejected, losses } = aSpool(
    [1, 2, 3, 4, 5].map((n) => aRecord(n)),
    one * 5.5,
  )
  for (const entry of spool.waiting()) spool.reject(entry, 'x'.repeat(one / 2))
  expect(readdirSync(rejected).filter((name) => name.endsWith('.json'))).toHaveLength(3)
  expect(readLosses(losses)).toMatchObject({ rejected: 2 })
})

test('ten thousand waiting anomalies are listed without their contents', () => {
  const { open, unsent } = aSpool()
  const statuses: Severity[] = ['Warning', 'Critical']
  for (let n = 0; n < 10_000; n += 1) {
    const name = `${new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString().replaceAll(':', '')}_${statuses[n % 2]}_${idOf(n)}.json`
    writeFileSync(join(unsent, name), '')
  }
  const waiting = open().waiting()
  expect(waiting).toHaveLength(10_000)
  expect([waiting[0]?.id, waiting[5000]?.id]).toEqual([idOf(9999), idOf(0)])
})

/** Bytes of one waiting file. */
function readSize(): number {
  const { unsent } = aSpool([aRecord(1)])
  return statSync(join(unsent, readdirSync(unsent)[0] ?? '')).size
}
