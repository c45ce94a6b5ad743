import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { officialNode } from '../../build/base-node.ts'
import { CACHE } from '../../build/cache.ts'
import { hashOfFile } from '../../build/file-kind.ts'
import { ROOT } from '../../build/root.ts'
import { TARGETS, type Target } from '../../build/targets.ts'
import { openBundle } from '../../src/bundle/open.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'

const NOBODY = 65_534
const WHEN = '1767323046'

let folder: string
let clone: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-reproducible-'))
  clone = join(folder, 'some', 'where else', 'pumps')
  copyRepository(clone)
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The repository as it stands here, in another folder, with an empty cache. */
function copyRepository(to: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    cpSync(join(ROOT, file), join(to, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'))
}

/** What differs between two machines, as far as one machine can tell. */
interface Circumstances {
  readonly root: string
  readonly output: string
  readonly env: Readonly<Record<string, string>>
  readonly before: readonly string[]
}

/** Packages Well 1 there, and gives the hashes of what came out. */
async function built(target: Target, { root, output, env, before }: Circumstances) {
  const file = (path: string) => join(root, relative(ROOT, path))
  const inputs = { baseline: WELL_1.baseline, columns: WELL_1.columns, config: WELL_1.config, model: WELL_1.model }
  const options = Object.entries(inputs).flatMap(([name, path]) => [`--${name}`, file(path)])
  const cli = [process.execPath, join(root, 'src', 'cli.ts'), 'package', '--pump', 'Well 1', '--version', '1.0.0', ...options]
  const [program = '', ...args] = [...before, ...cli, '--target', target, '--output', output]
  const { code, stderr } = await runProgram(program, {
    args,
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', SOURCE_DATE_EPOCH: WHEN, ...env },
  })
  expect(code, stderr).toBe(0)
  const executable = output.slice(0, -'.zip'.length)
  return {
    runtime: openBundle(executable).manifest.runtime_sha256,
    executable: await hashOfFile(executable),
    artifact: await hashOfFile(output),
  }
}

const isRoot = process.getuid?.() === 0
const tools = requireOrSkip(
  hasPrograms('setpriv', 'faketime', ...Object.values(TARGETS).map(({ strip }) => strip)),
  'apt-get install util-linux faketime binutils binutils-aarch64-linux-gnu',
)

describe.runIf(tools)('two clones in different folders, by different users, time zones, umasks and days', () => {
  test.each(Object.keys(TARGETS) as Target[])('give the same runtime, executable and ZIP for %s', async (target) => {
    const cache = join(clone, '.cache')
    // What npm hands out is the same input for both, checked by its hash.
    const official = dirname(await officialNode(target, { directory: CACHE, log: () => undefined }))
    if (official.startsWith(CACHE)) cpSync(official, join(cache, relative(CACHE, official)), { recursive: true })
    mkdirSync(cache, { recursive: true })
    if (isRoot) for (const path of allIn(folder)) chownSync(path, NOBODY, NOBODY)
    const other: Circumstances = {
      root: clone,
      output: join(clone, 'artifacts', target, 'well1_v1.0.0.zip'),
      env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', HOME: folder },
      before: [
        ...(isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []),
        ...['faketime', '2031-07-01 23:59:00', 'sh', '-c', 'umask 077 && exec "$@"', 'sh'],
      ],
    }
    const output = join(folder, `here-${target}`, 'well1_v1.0.0.zip')
    const [here, there] = await Promise.all([
      built(target, { root: ROOT, output, env: { TZ: 'UTC', HOME: process.env['HOME'] ?? '/' }, before: [] }),
      built(target, other),
    ])
    expect(there).toEqual(here)
    expect(new Set(Object.values(here)).size).toBe(3)
  })
})

function allIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(path)
}
