import { dirname, resolve } from 'node:path'
import * as z from 'zod/mini'
import type { FailureText } from '../src/failure.ts'
import { nearestName } from '../src/nearest.ts'
import { refuseProblems } from '../src/problems.ts'
import { type InputPaths, STANDARD_TOLERANCES } from './inputs.ts'
import { readChecked } from './read-checked.ts'
import { isSemanticVersion } from './semantic-version.ts'
import { slugOf } from './slug.ts'

const text = z.string().check(z.minLength(1))

/** What describes a pump; each may stand among the defaults instead. */
const inputs = {
  version: z.optional(text),
  baseline: z.optional(text),
  columns: z.optional(text),
  config: z.optional(text),
  /** null: no model, although the defaults name one. */
  model: z.optional(z.nullable(text)),
  tolerances: z.optional(text),
}

/** `FLEET.json`; paths in it start at its own folder. */
const fleetSchema = z.strictObject({
  defaults: z.prefault(z.strictObject(inputs), {}),
  pumps: z.array(z.strictObject({ pump: text, ...inputs })).check(z.minLength(1)),
})

/** One pump of a fleet, with the defaults filled in. */
export interface FleetPump {
  readonly slug: string
  readonly version: string
  readonly inputs: InputPaths
  /** The executable's name; that of its ZIP ends in `.zip`. */
  readonly file: string
}

/**
 * The pumps of a fleet file, those in `only` or all of them. Throws a ConfigurationFailure (exit 78) with every mistake
 * in the file itself: without knowing which pumps are meant, nothing is built.
 */
export async function readFleet(
  file: string,
  { only, embedToken }: { readonly only: readonly string[]; readonly embedToken: boolean },
): Promise<readonly FleetPump[]> {
  const problems: FailureText[] = []
  const fleet = await readChecked(file, fleetSchema, problems)
  refuseProblems(problems)
  if (fleet === null) throw new Error(`${file} is missing without a problem`)
  const folder = dirname(file)
  const pumps = fleet.pumps.flatMap((stated, index) => {
    const { pump, version, baseline, columns, config, model, tolerances } = { ...fleet.defaults, ...stated }
    const at = `${file}: pumps.${index}`
    for (const [key, value] of Object.entries({ version, baseline, columns, config })) {
      if (value === undefined)
        problems.push({ where: `${at}.${key}`, what: `is missing for ${pump}`, mend: 'state it, or among the defaults' })
    }
    if (version !== undefined && !isSemanticVersion(version)) {
      problems.push({ where: `${at}.version`, what: `${version} is no semantic version`, mend: 'write it as 1.0.0' })
    }
    if (version === undefined || baseline === undefined || columns === undefined || config === undefined) return []
    const path = (name: string): string => resolve(folder, name)
    const paths: InputPaths = {
      pump,
      baseline: path(baseline),
      columns: path(columns),
      config: path(config),
      model: model === undefined || model === null ? null : path(model),
      tolerances: tolerances === undefined ? STANDARD_TOLERANCES : path(tolerances),
      embedToken,
    }
    const slug = slugOf(pump)
    return [{ slug, version, inputs: paths, file: `${slug}_v${version}` }]
  })
  problems.push(...nameProblems(file, fleet.pumps), ...unknownPumps(file, fleet.pumps, only))
  refuseProblems(problems)
  return only.length === 0 ? pumps : pumps.filter(({ inputs: { pump } }) => only.includes(pump))
}

interface Named {
  readonly pump: string
}

/** Two pumps of one slug would share files and, on one device, their state. */
function nameProblems(file: string, pumps: readonly Named[]): FailureText[] {
  const seen = new Map<string, string>()
  return pumps.flatMap(({ pump }, index) => {
    const other = seen.get(slugOf(pump))
    seen.set(slugOf(pump), pump)
    if (other === undefined) return []
    const what = other === pump ? `${pump} is listed twice` : `${pump} gets the same files as ${other} (${slugOf(pump)})`
    return [{ where: `${file}: pumps.${index}.pump`, what, mend: 'give each pump a name of its own' }]
  })
}

function unknownPumps(file: string, pumps: readonly Named[], only: readonly string[]): FailureText[] {
  const known = pumps.map(({ pump }) => pump)
  return only
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known)
      return { where: file, what: `has no pump '${name}'`, mend: near === null ? 'see its pumps' : `did you mean '${near}'?` }
    })
}
