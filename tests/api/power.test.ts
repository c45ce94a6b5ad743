import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../../src/api/tokens.ts'
import { canCutPower, openPowerDisk, POWER_HINT } from '../harness/power-disk.ts'
import { requireOrSkip } from '../require.ts'
import { testToken } from '../secrets/token.ts'
import { anomaly, post, tokenLine } from './anomalies.ts'

const TOKEN = testToken('power')

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'api-power-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.runIf(requireOrSkip(await canCutPower(), POWER_HINT))('a power cut under load', () => {
  test.each(['ext4', 'xfs'] as const)(
    'on %s loses nothing that the API acknowledged',
    async (fileSystem) => {
      let acknowledged = 0
      for (let cut = 0; cut < 4; cut++) {
        const outcome = await cutUnderLoad(root, fileSystem, 50 + cut * 61)
        expect(outcome.lost).toEqual([])
        acknowledged += outcome.acknowledged
      }
      expect(acknowledged).toBeGreaterThan(300)
    },
    300_000,
  )

  test('is seen to lose something when SQLite does not sync', async () => {
    const copy = join(folder, 'without-sync')
    mkdirSync(copy)
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const worker = join(copy, 'src/api/sqlite-worker.ts')
    const source = readFileSync(worker, 'utf8')
    expect(source).toContain('synchronous = full')
    writeFileSync(worker, source.replace('synchronous = full', 'synchronous = off'))
    // The kernel may have written it all by itself when the machine is slow, so one cut alone may lose nothing.
    let lost = 0
    for (let cut = 0; cut < 6 && lost === 0; cut++) lost = (await cutUnderLoad(copy, 'ext4', 50 + cut * 50)).lost.length
    expect(lost).toBeGreaterThan(0)
  }, 300_000)
})

/** Takes the power once so many anomalies are acknowledged; `lost` are acknowledged and no longer there afterwards. */
async function cutUnderLoad(checkout: string, fileSystem: 'ext4' | 'xfs', after: number) {
  const disk = openPowerDisk(fileSystem)
  try {
    writeFileSync(join(folder, 'tokens'), tokenLine(tokenFor(TOKEN)))
    const database = join(disk.path, 'anomalies.db')
    const args = [join(checkout, 'src/cli.ts'), 'serve', '--port', '0', '--token-file', join(folder, 'tokens'), '--db', database]
    const env = { PATH: process.env['PATH'], HOME: folder }
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] })
    const exit = once(child, 'exit')
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
    const acknowledged: string[] = []
    let before: string[] = []
    let cut: Promise<void> | null = null
    let next = 0
    const sender = async () => {
      while (cut === null && next < 5_000) {
        const key = `key-${next++}`
        const answer = await fetch(`${String(line).trim()}/edge/anomalies`, post(TOKEN, key, anomaly())).catch(() => null)
        if (answer?.status === 201) acknowledged.push(key)
        if (acknowledged.length >= after && cut === null) {
          // Only these: the program lives on for a moment after the disk, and ext4 then swallows errors of some syncs.
          before = [...acknowledged]
          cut = disk.cut()
        }
      }
    }
    await Promise.all(Array.from({ length: 20 }, sender))
    await cut
    child.kill('SIGKILL')
    await exit
    disk.restart()
    const found = keysIn(database)
    return { acknowledged: before.length, lost: before.filter((key) => !found.has(key)) }
  } finally {
    disk.close()
  }
}

function keysIn(database: string): Set<string> {
  try {
    const opened = new DatabaseSync(database)
    try {
      const rows = opened.prepare('select idempotency_key as key from anomalies').all() as { key: string }[]
      return new Set(rows.map(({ key }) => key))
    } finally {
      opened.close()
    }
  } catch {
    // No file, no table, or a damaged one: nothing of it is there any more.
    return new Set()
  }
}
