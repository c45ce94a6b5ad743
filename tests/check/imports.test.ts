import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { MAY_IMPORT, OUTSIDE_SRC } from './architecture.ts'
import { biomeFindings, projectOf, REPOSITORY } from './project.ts'

const RULE = 'noRestrictedImports'

interface ImportList {
  readonly includes: readonly string[]
  readonly linter: {
    readonly rules: {
      readonly style?: {
        readonly [RULE]?: { readonly options: { readonly patterns: readonly { readonly group: readonly string[] }[] } }
      }
    }
  }
}

/** The overrides of biome.json that say what a folder may import. */
const LISTS = (
  JSON.parse(readFileSync(join(REPOSITORY, 'biome.json'), 'utf8')) as { readonly overrides: readonly ImportList[] }
).overrides.filter(({ linter }) => linter.rules.style?.[RULE] !== undefined)

/** What a list of biome.json allows, in the words of the table: `!../pump/status.ts` is `pump/status`. */
function allowedNames({ linter }: ImportList): string[] {
  const groups = linter.rules.style?.[RULE]?.options.patterns.flatMap(({ group }) => group) ?? []
  return groups
    .filter((glob) => /^!(?!:|\.\/)/.test(glob) && !glob.endsWith('**'))
    .map((glob) =>
      glob
        .slice(1)
        .replace(/^(\.\.\/)+/, '')
        .replace(/^src\//, '')
        .replace(/\.ts$/, ''),
    )
    .filter((name) => name !== '*')
}

const FOLDERS = readdirSync(join(REPOSITORY, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** Everything that the table or biome.json lets anything import, something else of every folder, and packages that few may. */
const TARGETS = [
  ...new Set(
    [
      ...Object.values(MAY_IMPORT).join(' ').split(' '),
      ...LISTS.flatMap(allowedNames),
      ...[...FOLDERS, ...OUTSIDE_SRC].map((folder) => `${folder}/*`),
      'cli',
      'commands',
      'zod',
      'vitest',
      'typescript',
      'left-pad',
    ].flatMap((name) => (name === 'node:*' ? ['node:fs', 'node:crypto', 'node:util', 'fs'] : [name])),
  ),
]

const isPackage = (target: string) =>
  !(
    target.endsWith('/*') ||
    /^(cli|commands?|failure|nearest|problems|schema-problems|planted)$/.test(target) ||
    FOLDERS.includes(dirname(target))
  )

/** As it is written in the importing file: `../pump/status.ts`, `zod/mini`. */
function specifier(importer: string, target: string): string {
  if (isPackage(target)) return target
  const [top = ''] = target.split('/')
  const path = `${OUTSIDE_SRC.some((folder) => folder === top) ? '' : 'src/'}${target.replace('*', 'anything')}.ts`
  const written = relative(dirname(importer), path)
  return written.startsWith('.') ? written : `./${written}`
}

function isAllowed(importer: string, target: string): boolean {
  const own = dirname(importer).replace(/^src\//, '')
  if (!isPackage(target) && dirname(target) === own) return true
  const names = (MAY_IMPORT[importer] ?? '').split(' ')
  return names.some(
    (name) =>
      name === target || (name.endsWith('/*') && dirname(target) === dirname(name)) || (name === 'node:*' && isNode(target)),
  )
}

const isNode = (target: string) => target.startsWith('node:') || target === 'fs'

describe('a project in which every folder imports everything', () => {
  const files = Object.keys(MAY_IMPORT).map((importer) => {
    const lines = TARGETS.map((target) => `import '${specifier(importer, target)}'\n`)
    return [importer, lines.join('')] as const
  })
  const project = projectOf(Object.fromEntries(files))
  afterAll(project.remove)
  const { findings } = biomeFindings(project)

  test.each(Object.keys(MAY_IMPORT))('%s may import what its folder allows and nothing else', (importer) => {
    const forbidden = findings.filter(({ file, rule }) => file === importer && rule === RULE)
    const found = forbidden.map(({ line }) => TARGETS[line - 1])
    const expected = TARGETS.filter((target) => !isAllowed(importer, target))
    expect(new Set(found), 'biome.json and tests/check/architecture.ts say the same').toEqual(new Set(expected))
    expect(expected.length).toBeGreaterThan(0)
  })
})

describe('a forbidden import', () => {
  const forms = [
    "import { a } from '../edge/run.ts'",
    "import type { A } from '../edge/run.ts'",
    "export { a } from '../edge/run.ts'",
    "export type { A } from '../edge/run.ts'",
    "export * from '../edge/run.ts'",
    "export const a = await import('../edge/run.ts')",
    "import { a } from './../edge/run.ts'",
    "import { a } from '../../src/edge/run.ts'",
    "import { a } from '../pump/../edge/run.ts'",
    "import { randomUUID } from 'node:crypto'",
    "import * as crypto from 'node:crypto'",
  ]
  const project = projectOf({
    'src/anomaly/hash.ts': "import { sha256 } from '../sha256.ts'\n\nexport const a = sha256('a')\n",
    ...Object.fromEntries(forms.map((text, index) => [`src/anomaly/form-${index}.ts`, `${text}\n`])),
  })
  afterAll(project.remove)
  const { findings } = biomeFindings(project)

  test.each(forms.map((text, index) => [text, index] as const))('is found when written as %s', (_, index) => {
    expect(findings.filter(({ file, rule }) => file === `src/anomaly/form-${index}.ts` && rule === RULE)).toHaveLength(1)
  })

  test('is not what anomaly/ needs for its id', () => {
    expect(findings.filter(({ file }) => file === 'src/anomaly/hash.ts')).toEqual([])
  })
})

describe('the pure folders', () => {
  const impure = [
    'Date.now()',
    'Math.random()',
    'performance.now()',
    'process.pid',
    "fetch('x')",
    'setTimeout(String, 1)',
    'crypto.subtle',
  ]
  const pure = ['readings', 'pump', 'model', 'anomaly']
  const text = impure.map((expression, index) => `export const a${index} = ${expression}\n`).join('')
  const project = projectOf({
    ...Object.fromEntries(pure.map((folder) => [`src/${folder}/planted.ts`, text])),
    'src/readings/open.ts': text,
  })
  afterAll(project.remove)
  const { findings } = biomeFindings(project)
  const purity = new Set(['noRestrictedGlobals', 'noJsRestrictedProperties'])

  test.each(pure)('%s/ reads no clock, no randomness, no process and no network', (folder) => {
    const lines = findings
      .filter(({ file, rule }) => file === `src/${folder}/planted.ts` && purity.has(rule))
      .map(({ line }) => line)
    expect([...new Set(lines)].toSorted((a, b) => a - b)).toEqual(impure.map((_, index) => index + 1))
  })

  test('leave the world to the one file of readings/ that opens the input', () => {
    expect(findings.filter(({ file, rule }) => file === 'src/readings/open.ts' && purity.has(rule))).toEqual([])
  })
})

describe('biome.json', () => {
  const listsOf = (file: string) =>
    LISTS.filter(
      ({ includes }) =>
        includes.some((glob) => !glob.startsWith('!') && matchesGlob(file, glob)) &&
        !includes.some((glob) => glob.startsWith('!') && matchesGlob(file, glob.slice(1))),
    )

  test.each(FOLDERS)('has a list of imports for src/%s/', (folder) => {
    expect(listsOf(`src/${folder}/any-file.ts`)).toHaveLength(1)
  })

  test('has exactly one list for each source file, since of two the second replaces the first', () => {
    const sources = readdirSync(join(REPOSITORY, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    expect(sources.length).toBeGreaterThan(0)
    expect(sources.filter((name) => listsOf(`src/${name}`).length !== 1)).toEqual([])
  })

  test('has no list that no test plants an import for', () => {
    const planted = new Set(Object.keys(MAY_IMPORT).flatMap((file) => listsOf(file)))
    expect(LISTS.filter((list) => !planted.has(list)).map(({ includes }) => includes)).toEqual([])
  })
})
