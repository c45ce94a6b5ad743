import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeSpoolFile, parseSpoolName } from '../../src/delivery/spool-file.ts'
import { aRecord } from '../delivery/records.ts'
import { startServer, type TestServer } from '../delivery/server.ts'
import { seeded } from '../delivery/world.ts'
import { finish, plainEnvironment } from '../harness/finished-run.ts'
import { canCutPower, type FileSystem, openPowerDisk, POWER_HINT, type PowerDisk } from '../harness/power-disk.ts'
import { buildJourney, writeBatch } from '../harness/program.ts'
import { requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'

/** Power cuts per file system: `CUTS=500 vitest run tests/power`. */
const CUTS = Number(process.env['CUTS'] ?? 8)
const RECORDS = Array.from({ length: 6 }, (_, n) => aRecord(n, n % 2 === 0 ? 'Critical' : 'Warning'))
const KEYS = RECORDS.map(({ metadata }) => metadata.idempotencyKey).sort()

describe.runIf(requireOrSkip(await canCutPower(), POWER_HINT))('a power cut', () => {
  test.for(['ext4', 'xfs'] as const)(
    'on %s loses nothing that was spooled, repeats nothing that was delivered and leaves a usable state',
    { timeout: 3_600_000 },
    async (fileSystem) => {
      const { problems, cuts } = await cutMany(fileSystem, CUTS, (source) => source)
      expect(problems).toEqual([])
      expect(cuts).toBeGreaterThan(CUTS / 2)
    },
  )

  test.for([
    {
      defect: 'the fsync of the directory',
      broken: (source: string) => source.replace('function syncDirectory(directory) {', '$& return;'),
    },
    { defect: 'the fsync of the file', broken: (source: string) => source.replace(/fsyncSync\w*\(fd\);/, '') },
  ])('is seen to lose something without $defect', { timeout: 3_600_000 }, async ({ broken }) => {
    const { problems } = await cutMany('ext4', 60, broken)
    expect(problems.length).toBeGreaterThan(0)
  })
})

async function cutMany(fileSystem: FileSystem, times: number, change: (source: string) => string) {
  const folder = quickFolder()
  const program = buildJourney(folder)
  const sound = readFileSync(program, 'utf8')
  writeFileSync(program, change(sound))
  const batch = writeBatch(folder, RECORDS)
  const random = seeded(times)
  const problems: string[] = []
  let cuts = 0
  const disk = openPowerDisk(fileSystem)
  try {
    for (let n = 0; n < times && problems.length === 0; n += 1) {
      const server = await startServer({ ignoresKeys: true })
      // A folder of its own, because the removal of the last one may not survive the cut.
      const state = join(disk.path, `state-${n}`)
      const command = [program, state, batch, server.url]
      // At once after one of the first lines, or at any time.
      const cutAt = random() < 0.5 ? { line: 1 + Math.floor(random() * 8) } : { ms: 60 + random() * 200 }
      const said = await runUntilCut(command, disk, server, cutAt)
      cuts += said.cut ? 1 : 0
      server.behave = () => ({ kind: 'work' })
      disk.restart()
      problems.push(
        ...(await check(said.lines, command, state, server)).map((problem) => `cut ${n} at ${JSON.stringify(cutAt)}: ${problem}`),
      )
      await server.close()
      rmSync(state, { recursive: true, force: true })
    }
  } finally {
    disk.close()
  }
  return { problems, cuts }
}

async function runUntilCut(
  command: readonly string[],
  disk: PowerDisk,
  server: TestServer,
  cutAt: { line?: number; ms?: number },
) {
  const child = spawn(process.execPath, [...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...plainEnvironment(), JOURNEY_PAUSE_MS: '3' },
  })
  const lines: string[] = []
  let cutting: Promise<void> | null = null
  const cut = () => {
    // Here the program outlives its disk; what it sends after the cut is a thing that no cut lets happen.
    server.behave = () => ({ kind: 'cut', stored: false })
    cutting ??= disk.cut()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    if (cutting === null) lines.push(...String(chunk).trim().split('\n'))
    if (lines.length >= (cutAt.line ?? Number.POSITIVE_INFINITY)) cut()
  })
  const timer = setTimeout(cut, cutAt.ms ?? 10_000)
  const ended = once(child, 'close')
  const first = await Promise.race([ended.then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 10_000))])
  clearTimeout(timer)
  if (cutting !== null) await cutting
  child.kill('SIGKILL')
  if (first !== 'ended') await ended
  return { lines, cut: cutting !== null }
}

async function check(lines: readonly string[], command: readonly string[], state: string, server: TestServer): Promise<string[]> {
  const problems: string[] = []
  const there = new Set([...server.keys(), ...soundOnDisk(join(state, 'unsent_anomalies'))])
  for (const line of lines) {
    const id = /^added (.*)$/.exec(line)?.[1]
    if (id !== undefined && !there.has(id)) problems.push(`${id} was spooled and is gone`)
  }
  const again = await finish([process.execPath, ...command])
  if (again.exitCode !== 0 || /^note fresh /m.test(again.stdout))
    problems.push(`the re-run ends with ${again.exitCode} ${again.stderr}`)
  const keys = [...server.keys()].sort().join()
  if (keys !== KEYS.join()) problems.push(`the API holds ${keys}`)
  return problems.map((problem) => `${problem}; before: ${lines.join(', ')}; again: ${again.stdout}`)
}

/** Ids of the waiting anomalies whose files are whole. */
function soundOnDisk(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const entry = parseSpoolName(name)
    if (entry === null) return []
    return decodeSpoolFile(readFileSync(join(folder, name), 'utf8'), entry.id).kind === 'sound' ? [entry.id] : []
  })
}
