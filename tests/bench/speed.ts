import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CACHE } from '../../build/cache.ts'
import { runtimeFor } from '../binary/runtime.ts'
import { hasPrograms } from '../require.ts'
import { type Agreement, checkAgreement } from './speed/agreement.ts'
import type { BatchName } from './speed/batches.ts'
import { COMPARISONS } from './speed/cases.ts'
import { benchForest } from './speed/forest.ts'
import { goalsOf } from './speed/goals.ts'
import { BEFORE, BEFORE_PLAIN, OURS, OURS_PLAIN } from './speed/names.ts'
import { PEER_HINT, peerVersions } from './speed/peer.ts'
import { benchPump, type Executables } from './speed/pump.ts'
import { goalsTable, markdown, tableOf } from './speed/report.ts'
import { compare, type Figures } from './speed/rounds.ts'
import { type Written, writtenBy } from './speed/wear.ts'
import { createWorkshop, type Workshop } from './speed/workshop.ts'

const ALL = [...Object.keys(COMPARISONS), 'wear']

const HELP = `How fast and how small the device program is, beside a Python script that does the same, node -e 0 and cp.

usage: npm run bench -- [--only CASES] [--rounds FACTOR] [--json FILE] [--folder DIR]
                        [--keep DIR] [--before DIR]

  --only A,B,…     of ${ALL.join(', ')} (default: all)
  --rounds FACTOR  times the usual number of rounds (default: 1)
  --json FILE      every figure of every run, too
  --keep DIR       keeps the executables
  --before DIR     those that --keep kept of an earlier program take turns with today's; says whether results are the same
  --folder DIR     where the files go that are measured, on a real disk (default: .cache)

Needs python3 for the measuring; for the peer ${PEER_HINT};
strace for what is written; root for a cold file cache. What is missing is said and left out.
`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'string' },
    before: { type: 'string' },
    keep: { type: 'string' },
    folder: { type: 'string', default: CACHE },
    help: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function bench(names: readonly string[]): Promise<void> {
  const peer = peerVersions()
  if (peer === null) say(`no Python peer: ${PEER_HINT}`)
  const forest = await benchForest({ directory: CACHE, log: say }, peer)
  mkdirSync(values.folder, { recursive: true })
  const folder = mkdtempSync(join(resolve(values.folder), 'bench-'))
  try {
    const pump = await benchPump(folder, forest)
    if (values.keep !== undefined) keep(pump, values.keep)
    const workshop = createWorkshop(folder, pump, forest, values.before === undefined ? null : keptIn(values.before))
    const runtime = await runtimeFor('linux-x64')
    const machine = {
      processor: cpus()[0]?.model ?? '',
      processors: cpus().length,
      memory_gb: Number((totalmem() / 1e9).toFixed(1)),
      kernel: release(),
      node: process.version,
      ...peer,
    }
    const { model: _, joblib: __, ...trees } = forest
    const bundle = runtime.parts.program
    const facts = { machine, forest: trees, executable_bytes: statSync(workshop.pump.withForest).size, bundle_bytes: bundle }
    print(
      markdown(
        ['', ''],
        Object.entries({ ...machine, ...trees }).map(([name, value]) => [name, String(value)]),
      ),
    )
    const agreement = peer === null ? null : agreementOf(workshop)
    const cases: Record<string, Figures> = {}
    for (const name of names.filter((one) => one !== 'wear')) {
      if (name === 'cold' && process.geteuid?.() !== 0) {
        say('a cold file cache is left out: only root can empty it')
        continue
      }
      const comparison = COMPARISONS[name]?.(workshop, (usual) => Math.max(1, Math.round(usual * Number(values.rounds))))
      if (comparison === undefined) throw new Error(`there is no case ${name}; there are ${ALL.join(', ')}`)
      say(`${comparison.title}…`)
      const figures = await compare(comparison, say)
      cases[name] = figures
      print(`${tableOf(comparison, figures)}${sameAsBefore(figures)}`)
    }
    const wear = names.includes('wear') ? wearOf(workshop) : {}
    const beside = Object.fromEntries(Object.entries(wear).map(([name, written]) => [name, written.beside]))
    const goals = goalsOf(cases, beside, bundle)
    print(goalsTable(goals))
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ ...facts, agreement, cases, wear, goals }, null, 1)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function keptIn(directory: string): Executables {
  return { withForest: resolve(directory, 'forest'), withoutModel: resolve(directory, 'plain') }
}

function keep(pump: Executables, directory: string): void {
  mkdirSync(directory, { recursive: true })
  const kept = keptIn(directory)
  copyFileSync(pump.withForest, kept.withForest)
  copyFileSync(pump.withoutModel, kept.withoutModel)
}

/** Whether the program writes what it wrote before, byte for byte; nothing without an earlier one. */
function sameAsBefore(figures: Figures): string {
  const told = [
    [OURS, BEFORE],
    [OURS_PLAIN, BEFORE_PLAIN],
  ].flatMap(([now = '', then = '']) => {
    const [a, b] = [figures[now]?.results, figures[then]?.results]
    return a == null || b == null
      ? []
      : [`${now}: results are ${a === b ? 'byte for byte those of before' : 'NOT those of before'}\n`]
  })
  return told.join('')
}

function agreementOf(workshop: Workshop): Record<string, Agreement> {
  const batches: readonly BatchName[] = ['24', 'failing']
  const found = Object.fromEntries(batches.map((batch) => [batch, checkAgreement(workshop, batch)]))
  for (const [batch, { rows, statuses, largest_probability_difference: most }] of Object.entries(found)) {
    const words = Object.entries(statuses).map(([status, count]) => `${count} ${status}`)
    print(
      `Both agree on ${rows} rows of ${batch} (${words.join(', ')}); probabilities differ by ${most.toExponential(1)} at most.`,
    )
  }
  print('')
  return found
}

function wearOf(workshop: Workshop): Record<string, Written> {
  if (!hasPrograms('strace')) {
    say('what is written is not measured: apt-get install strace')
    return {}
  }
  const executable = workshop.pump.withForest
  const found = {
    'nothing new': writtenBy(workshop, 'nothing new', { executable, batch: '24', past: 'batch judged' }),
    '24 rows': writtenBy(workshop, '24 rows', { executable, batch: '24' }),
    '24 rows, pump failing': writtenBy(workshop, 'pump failing', { executable, batch: 'failing' }),
    '24 rows, windows of 168': writtenBy(workshop, 'windows', { executable: workshop.pump.withWindows, batch: '24' }),
  }
  const rows = Object.entries(found).map(([name, { beside, results, syncs, pages, files }]) => {
    const largest = Object.entries(files)
      .sort(([, a], [, b]) => b - a)
      .filter(([file]) => file !== 'results')
      .slice(0, 3)
    return [
      name,
      String(beside),
      String(results),
      String(syncs),
      String(pages),
      largest.map(([file, bytes]) => `${file} ${bytes}`).join(', '),
    ]
  })
  print(
    `### Written by one run [bytes]\n\n${markdown(['', 'beside results', 'results', 'syncs', 'dirty pages', 'largest files'], rows)}`,
  )
  return found
}

if (values.help) process.stdout.write(HELP)
else await bench(values.only?.split(',') ?? ALL)
