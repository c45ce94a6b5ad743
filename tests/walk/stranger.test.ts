import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPump } from '../../build/build-pump.ts'
import { CACHE } from '../../build/cache.ts'
import { readInputs } from '../../build/inputs.ts'
import { installFiles } from '../../build/install-files.ts'
import { ROOT } from '../../build/root.ts'
import { runtimePart } from '../../build/runtime-part.ts'
import { slugOf } from '../../build/slug.ts'
import { fileIn, WELL_1 } from '../binary/packaged.ts'
import { runProgram } from '../binary/program.ts'
import { runtimeFor } from '../binary/runtime.ts'
import { keyPair } from '../build/small-artifact.ts'

/*
 * A stranger's walk: the README of the ZIP alone, followed to the letter on an arm64 Debian with a read-only /usr, ends
 * in a cron job of an unprivileged user that judges readings. Some minutes, as root, with Debian's repositories in
 * reach: npm run walk. Needs qemu-user-static and uidmap. Continuous integration leaves it out.
 */
const ASKED_FOR = process.env['PUMP_MONITOR_WALK'] === '1'

let folder: string
let device: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-walk-'))
  if (!ASKED_FOR) return
  device = join(CACHE, 'arm64-root')
  const made = await runProgram(join(import.meta.dirname, 'make-root.sh'), { args: [device] })
  expect(made).toMatchObject({ code: 0 })
}, 600_000)

afterAll(() => rmSync(folder, { recursive: true }))

/** Cron runs each pump at a minute of its own; one whose minute comes soon saves waiting for an hour. */
function pumpOfMinute(minute: number): string {
  for (let number = 1; ; number++) {
    const pump = `Well ${number}`
    const files = installFiles({ manifest: { pump, slug: slugOf(pump), artifact_version: '1.0.0' }, apiUrl: null })
    if (files['crontab.txt']?.startsWith(`${minute} `) === true) return pump
  }
}

/** The artifact of such a pump, and the file of its readings. */
async function packed(pump: string): Promise<string> {
  const [header = '', row = ''] = readFileSync(WELL_1.baseline, 'utf8').split('\n')
  const columns = readFileSync(WELL_1.columns, 'utf8').replace('"Well 1"', JSON.stringify(pump))
  const inputs = await readInputs({
    ...WELL_1,
    pump,
    baseline: fileIn(folder, 'baseline.csv', `${header}\n${row.replace('Well 1', pump)}\n`),
    columns: fileIn(folder, 'columns.json', columns),
    embedToken: false,
  })
  const runtime = await runtimeFor('linux-arm64')
  const part = await runtimePart(runtime.path, { directory: CACHE, log: () => undefined })
  const workshop = { runtime, part, buildTime: new Date(), key: keyPair(folder, 'release').key, zip: true }
  const { artifact } = await buildPump(inputs, { version: '1.0.0', executable: join(folder, `${slugOf(pump)}_v1.0.0`) }, workshop)
  return String(artifact?.path)
}

test.runIf(ASKED_FOR)(
  'the README of the ZIP alone ends in a cron job that works, as an unprivileged user on a read-only /usr',
  async () => {
    const pump = pumpOfMinute(new Date(Date.now() + 2 * 60_000).getMinutes())
    const artifact = await packed(pump)
    const root = join(folder, 'root')
    expect(await runProgram('cp', { args: ['-a', join(device, 'root'), root] })).toMatchObject({ code: 0 })
    const walk = join(root, 'walk')
    mkdirSync(walk)
    copyFileSync(artifact, join(walk, 'artifact.zip'))
    copyFileSync(join(folder, 'release.pub'), join(walk, 'pump-monitor.pub'))
    copyFileSync(join(import.meta.dirname, 'walk.sh'), join(walk, 'walk.sh'))
    writeFileSync(join(walk, 'slug'), slugOf(pump))
    writeFileSync(join(walk, 'token'), 'a-token\n')
    writeFileSync(join(walk, 'readings.csv'), readFileSync(WELL_1.degrading, 'utf8').replaceAll('Well 1', pump))
    const readme = (await runProgram('unzip', { args: ['-p', artifact, 'README.md'] })).stdout
    const until = readme.indexOf('## Upgrade')
    const blocks = [...readme.slice(0, until).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '')
    for (const [index, block] of blocks.entries()) writeFileSync(join(walk, `block-${index + 1}.sh`), block)
    const cpuinfo = [0, 1].map(
      (core) =>
        `processor\t: ${core}\nFeatures\t: fp asimd crc32 cpuid\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n`,
    )
    writeFileSync(join(root, 'etc', 'cpuinfo'), cpuinfo.join(''))

    const { code, stdout, stderr } = await runProgram(join(import.meta.dirname, 'enter.sh'), {
      args: [root, '/walk/walk.sh'],
      cwd: ROOT,
    })
    const told = [...stdout.matchAll(/^== (.*)$/gm)].map(([, line]) => line)
    expect({ code, told }, `${stdout}\n${stderr}`).toEqual({
      code: 0,
      told: [
        'aarch64, /usr read-only',
        ...blocks.flatMap((block, index) => [
          `block-${index + 1}.sh`,
          // No network is in there, and doctor says so of the API.
          `block-${index + 1}.sh ended with ${block.includes('doctor') ? 78 : 0}`,
        ]),
        'processed readings.csv',
        'owner operator',
        expect.stringMatching(/^results [1-9]\d+$/),
        expect.stringMatching(/^waiting [1-9]\d*$/),
        'the walk is done',
      ],
    })
    expect(stdout).toContain('Signature Verified Successfully')
    expect(stdout).toMatch(/^fail +API/m)
    expect(stdout.match(/^fail/gm)).toHaveLength(1)
  },
  900_000,
)
