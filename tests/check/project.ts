import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** The root of this repository. */
export const REPOSITORY = dirname(dirname(import.meta.dirname))

/** Everything that the checks are configured by; package.json is the project's own where a test brings one. */
const CONFIGURATION = ['biome.json', 'knip.json', 'tsconfig.json', 'vitest.config.ts', 'package.json', '.gitignore'] as const

/** What the configuration names; a test that wants the real ones brings them. */
const STAND_INS = {
  'tests/secrets/run.ts': 'export const setup = (): void => undefined\n',
  'tests/secrets/watch.ts': 'export {}\n',
} as const

export interface Project {
  readonly root: string
  readonly remove: () => void
}

/** A folder under the repository's own configuration and packages that holds these files and nothing else. */
export function projectOf(files: Readonly<Record<string, string>>): Project {
  const root = mkdtempSync(join(tmpdir(), 'pump-monitor-check-'))
  for (const name of CONFIGURATION) copyFileSync(join(REPOSITORY, name), join(root, name))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'))
  for (const [name, text] of Object.entries({ ...STAND_INS, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** The commands of `npm run check`, in their order. */
export function checkCommands(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { scripts: { check: string } }
  return scripts.check.split('&&').map((command) => command.trim())
}

export interface Outcome {
  readonly exitCode: number
  readonly output: string
}

/** Runs a command as npm would, in the project's folder. */
export function runIn(project: Project, command: string): Outcome {
  const [program = '', ...args] = command.split(' ')
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: project.root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: [join(REPOSITORY, 'node_modules', '.bin'), process.env['PATH']].join(delimiter), NO_COLOR: '1' },
  })
  if (status === null) throw new Error(`${command} did not run: ${stderr}`)
  return { exitCode: status, output: stdout === '' ? stderr : stdout }
}

/** The one command of `npm run check` that starts so. */
export function checkCommand(start: string): string {
  const found = checkCommands().filter((command) => command === start || command.startsWith(`${start} --`))
  const [command] = found.toSorted((a, b) => a.length - b.length)
  if (command === undefined) throw new Error(`npm run check does not run ${start}`)
  return command
}

export interface Finding {
  readonly file: string
  readonly line: number
  readonly rule: string
}

/** What Biome finds, by file and rule (`noConsole`, `format`, `organizeImports`). */
export function biomeFindings(project: Project): { readonly findings: readonly Finding[]; readonly exitCode: number } {
  const { exitCode, output } = runIn(project, `${checkCommand('biome check')} --max-diagnostics=none --reporter=json`)
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: readonly { category: string; location: { path: string; start: { line: number } } }[]
  }
  const findings = diagnostics.map(({ category, location }) => ({
    file: location.path,
    line: location.start.line,
    rule: category.split('/').at(-1) ?? category,
  }))
  return { findings, exitCode }
}
