import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { type Api, startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { encodeSpoolFile, entryOf } from '../../src/delivery/spool-file.ts'
import { importCommand } from '../../src/import/import.ts'
import { anomaly } from '../api/anomalies.ts'
import { searchOutput } from '../secrets/search.ts'
import { testToken } from '../secrets/token.ts'

const TOKEN = testToken('import')
const folder = mkdtempSync(join(tmpdir(), 'import-'))
let api: Api

beforeAll(async () => {
  const setup = { database: join(folder, 'anomalies.db'), tokens: [tokenFor(TOKEN)], port: 0, log: () => undefined }
  api = await startApi(setup)
})
afterAll(() => api.close())

/** A stick with these anomalies, as a device leaves them. */
function stick(records: readonly AnomalyRecord[]): string {
  const from = mkdtempSync(join(tmpdir(), 'stick-'))
  mkdirSync(join(from, 'unsent_anomalies'))
  for (const record of records) writeFileSync(join(from, 'unsent_anomalies', entryOf(record).name), encodeSpoolFile(record))
  return from
}

async function importing(...argv: string[]) {
  let stdout = ''
  let stderr = ''
  const io = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    cwd: folder,
    env: { ANOMALY_API_TOKEN: TOKEN },
  }
  const code = await importCommand.run([...argv, '--api', api.url, '--allow-insecure-loopback'], io)
  searchOutput('output of import', stdout + stderr)
  return { code, stdout, stderr }
}

async function stored(): Promise<number> {
  const answer = await fetch(`${api.url}/edge/anomalies?take=1`, { headers: { authorization: `Bearer ${TOKEN}` } })
  return ((await answer.json()) as { total: number }).total
}

const records = [1, 2, 3].map((hour) =>
  anomaly({
    timestamp: `2025-07-15T0${hour}:00:00.000Z`,
    metadata: { ...anomaly().metadata, idempotencyKey: `0123456789abcde${hour}` },
  }),
)

describe('import', () => {
  test('delivers what a stick carries, twice over stores it once, and leaves the stick as it is', async () => {
    const from = stick(records)
    expect(await importing(from)).toEqual({ code: 0, stdout: '3 delivered\n', stderr: '' })
    expect(await importing(join(from, 'unsent_anomalies'))).toMatchObject({ code: 0, stdout: '3 delivered\n' })
    expect(await stored()).toBe(3)
    expect(readdirSync(join(from, 'unsent_anomalies'))).toHaveLength(3)
  })

  test('delivers the others when one was damaged on the way, and says so', async () => {
    const from = stick(records)
    const [name = ''] = readdirSync(join(from, 'unsent_anomalies'))
    const path = join(from, 'unsent_anomalies', name)
    writeFileSync(path, readFileSync(path, 'utf8').replace('log', 'lag'))
    const { code, stdout } = await importing(from)
    expect([code, stdout]).toEqual([69, '2 delivered; 1 damaged on the way: copy them from the device again\n'])
  })

  test.each([
    ['a folder without anomalies', folder, /holds no anomaly/],
    ['no folder', join(folder, 'none'), /cannot be read/],
  ])('refuses %s in one line', async (_, from, message) => {
    await expect(importing(from)).rejects.toThrow(message)
  })

  test('is told by the program, and says what it is missing', () => {
    const cli = join(import.meta.dirname, '..', '..', 'src', 'cli.ts')
    const { status, stderr } = spawnSync(process.execPath, [cli, 'import', folder], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([64, 'pump-monitor import: --api is missing; see pump-monitor import --help\n'])
  })
})
