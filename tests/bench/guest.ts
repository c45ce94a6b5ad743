import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { CACHE } from '../../build/cache.ts'
import { hasPrograms } from '../require.ts'
import { BATCHES, SEED } from './speed/batches.ts'
import { benchForest } from './speed/forest.ts'
import { benchPump } from './speed/pump.ts'
import { ran } from './speed/ran.ts'
import { writeReadings } from './speed/readings.ts'
import { markdown } from './speed/report.ts'
import { median } from './speed/rounds.ts'

const TOOLS = ['qemu-system-aarch64', 'mke2fs', 'cpio', 'dpkg-deb', 'apt-get']
const HINT = 'apt-get install --no-install-recommends qemu-system-arm e2fsprogs cpio'
const GOAL_MB = 120
const BEYOND_MB = 100
/** Eight runs of the program, each some ten times as slow as on the machine itself, and a boot. */
const LIMIT_MS = 900_000

const HELP = `Memory of the arm64 executable inside an emulated device: Cortex-A72, four cores, 1 GB, Debian on an ext4 disk.

usage: npm run bench:guest -- [--runs N] [--only forest|plain] [--before FILE] [--keep FILE] [--json FILE]

Judges 24 rows with the forest of 200 trees (forest) and without a model (plain), after a first run that extracted the
libraries and judged thirty days; with a warm and with a cold file cache. Some minutes, as root, with Debian's
repositories in reach the first time. Needs ${HINT}.
Times in there are the emulator's and say nothing.

  --runs N       runs with either cache (default: 2)
  --only KIND    one of the two executables
  --before FILE  an arm64 executable of an earlier program, judged in the same guest
  --keep FILE    keeps the executable with the forest
  --json FILE    everything that the guest said
`

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2' },
    only: { type: 'string' },
    before: { type: 'string' },
    keep: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** One line that the guest said of a run. */
type Said = Readonly<Record<string, string>>

async function guest(): Promise<void> {
  if (!hasPrograms(...TOOLS)) throw new Error(`${TOOLS.join(', ')} are needed: ${HINT}`)
  const forest = await benchForest({ directory: CACHE, log: say }, null)
  const folder = mkdtempSync(join(CACHE, 'guest-'))
  try {
    const pump = await benchPump(folder, forest, 'linux-arm64')
    const device = join(CACHE, 'arm64-root')
    ran(join(import.meta.dirname, '..', 'walk', 'make-root.sh'), [device])
    const root = join(folder, 'root')
    ran('cp', ['-a', join(device, 'root'), root])
    const boot = join(CACHE, 'arm64-boot')
    ran(join(import.meta.dirname, 'guest', 'make-boot.sh'), [boot, join(device, 'lists'), root])
    const bench = join(root, 'bench')
    mkdirSync(bench)
    copyFileSync(join(import.meta.dirname, 'guest', 'init.sh'), join(bench, 'init.sh'))
    copyFileSync(join(boot, 'initrd', 'bin', 'busybox'), join(bench, 'busybox'))
    const own = Object.entries({ forest: pump.withForest, plain: pump.withoutModel })
    const chosen = own.filter(([name]) => (values.only ?? name) === name)
    if (values.before !== undefined) chosen.unshift(['before', values.before])
    for (const [name, file] of chosen) copyFileSync(file, join(bench, name))
    if (values.keep !== undefined) copyFileSync(pump.withForest, values.keep)
    writeFileSync(join(bench, 'plan'), `RUNS=${Number(values.runs)}\nEXECUTABLES=(${chosen.map(([name]) => name).join(' ')})\n`)
    for (const name of ['history', '24'] as const) writeReadings(join(bench, `${name}.csv`), { seed: SEED, ...BATCHES[name] })
    for (const name of ['dev', 'proc', 'sys', 'root']) mkdirSync(join(root, name), { recursive: true })
    const disk = join(folder, 'disk')
    ran('mke2fs', ['-q', '-t', 'ext4', '-d', root, disk, '1G'])
    report(await booted(boot, disk))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function booted(boot: string, disk: string): Promise<Map<string, Said>> {
  const machine = ['-M', 'virt', '-cpu', 'cortex-a72', '-smp', '4', '-m', '1024', '-nographic', '-no-reboot', '-nic', 'none']
  const kernel = [
    '-kernel',
    join(boot, 'vmlinuz'),
    '-initrd',
    join(boot, 'initrd.gz'),
    '-append',
    'console=ttyAMA0 quiet panic=-1',
  ]
  const drive = ['-drive', `file=${disk},format=raw,if=none,id=disk,cache=unsafe`, '-device', 'virtio-blk-device,drive=disk']
  const qemu = spawn('qemu-system-aarch64', [...machine, ...kernel, ...drive], { stdio: ['ignore', 'pipe', 'inherit'] })
  const limit = setTimeout(() => qemu.kill(), LIMIT_MS)
  const told = new Map<string, Said>()
  for await (const line of createInterface({ input: qemu.stdout })) {
    const [, name, rest = ''] = /^== (\S+) ?(.*?)\s*$/.exec(line) ?? []
    say(line)
    if (name === undefined) continue
    told.set(name, Object.fromEntries(rest.split(' ').map((pair) => pair.split('=', 2) as [string, string])))
  }
  clearTimeout(limit)
  if (!told.has('done')) throw new Error('the guest ended before it was done')
  return told
}

function report(told: ReadonlyMap<string, Said>): void {
  const mb = (said: Said | undefined, key: string): number => (Number(said?.[key]) * 1024) / 1e6
  const runs = [...told].filter(([, said]) => said['peak_kib'] !== undefined)
  for (const [name, { code }] of runs) if (code !== '0') throw new Error(`${name} ended with ${code}`)
  const rows = runs.map(([name, said]) => [
    name,
    ...['peak_kib', 'seen_kib', 'anonymous_kib', 'file_kib', 'cgroup_kib'].map((key) => mb(said, key).toFixed(1)),
    said['wall_s'] ?? '',
    said['results'] ?? '',
  ])
  const peak = (kind: string, cache: string): number =>
    median(runs.filter(([name]) => name.startsWith(`${kind}-${cache}`)).map(([, said]) => mb(said, 'peak_kib')))
  const medians = ['before', 'forest', 'plain'].flatMap((kind) => {
    const [warm, cold] = [peak(kind, 'warm'), peak(kind, 'cold')]
    const most = Math.max(warm, cold)
    const verdict = kind === 'plain' ? '' : `; goal ${GOAL_MB}, beyond ${BEYOND_MB}: ${most <= GOAL_MB ? 'met' : 'not met'}`
    return Number.isNaN(most)
      ? []
      : [`24 rows, ${kind}: medians ${warm.toFixed(1)} MB warm, ${cold.toFixed(1)} MB cold${verdict}`]
  })
  const header = ['memory [MB]', 'peak', 'seen', 'of it anonymous', 'of files', 'control group', 'emulated s', 'results']
  const { processors, page, memory_kib: memory } = told.get('machine') ?? {}
  process.stdout.write(
    `Cortex-A72 (emulated), ${processors} processors, pages of ${page}, ${memory} KiB, Debian arm64\n\n${markdown(header, rows)}\n${medians.join('\n')}\n`,
  )
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(Object.fromEntries(told), null, 1)}\n`)
}

if (values.help) process.stdout.write(HELP)
else await guest()
