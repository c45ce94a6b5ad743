import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { startApi } from '../../../src/api/server.ts'
import { tokenFor } from '../../../src/api/tokens.ts'
import { testToken } from '../../secrets/token.ts'
import { hasPostgres, startPostgres } from '../postgres.ts'
import { hasSchemathesis, schemathesis } from './tools.ts'

const TOKEN = testToken('fuzzer')
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.runIf(hasSchemathesis).each(['SQLite', ...(hasPostgres ? ['PostgreSQL'] : [])])(
  'on %s schemathesis finds no 5xx and no breach of the OpenAPI document in what the API answers',
  async (kind) => {
    const postgres = kind === 'PostgreSQL' ? await startPostgres() : null
    const failures: string[] = []
    const api = await startApi({
      database: postgres?.url ?? join(folder, 'fuzzed.db'),
      tokens: [tokenFor(TOKEN)],
      port: 0,
      log: (line) => failures.push(line),
    })
    // A seed, so that a failure comes again; they are some 500 requests.
    const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))
    const options = ['--max-examples', '50', '--seed', '1']
    const args = ['--config-file', file('schemathesis.toml'), '--no-color', 'run', `${api.url}/openapi.json`, ...options]
    const hooks = file('keys.py')
    const settings = { SCHEMATHESIS_HOOKS: hooks, FUZZER_TOKEN: TOKEN, PYTHONDONTWRITEBYTECODE: '1' }
    const env = { PATH: process.env['PATH'], HOME: folder, ...settings }
    const child = spawn(schemathesis, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = Promise.all(
      [child.stdout, child.stderr].map(async (stream) => (await stream.setEncoding('utf8').toArray()).join('')),
    )
    const [code] = await once(child, 'exit')
    const report = (await said).join('')
    await api.close()
    await postgres?.stop()
    expect(code, report).toBe(0)
    expect(Number(/(\d+) generated/.exec(report)?.[1]), report).toBeGreaterThan(300)
    expect(failures).toEqual([])
  },
  300_000,
)
