import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { ConfigurationFailure } from '../src/failure.ts'
import { byCodeUnits } from './manifest.ts'
import { readChecked } from './read-checked.ts'
import type { Target } from './targets.ts'

export const INDEX = 'fleet-index.json'

const builtFile = z.strictObject({ file: z.string(), size: z.int(), sha256: z.string() })

const entrySchema = z.strictObject({
  pump: z.string(),
  slug: z.string(),
  version: z.string(),
  /** The executable. */
  ...builtFile.shape,
  /** null: none was wanted. */
  artifact: z.nullable(builtFile),
  build_time: z.string(),
  /** Of the bundle, by which `--resume` sees that nothing changed. */
  bundle_sha256: z.string(),
  /** Of the key that signed the artifact; null: unsigned. */
  key: z.nullable(z.string()),
})

const indexSchema = z.strictObject({
  schema_version: z.literal(1),
  target: z.enum(['linux-arm64', 'linux-x64']),
  runtime_version: z.string(),
  runtime_sha256: z.string(),
  pumps: z.array(entrySchema),
})

export type FleetIndex = z.infer<typeof indexSchema>
export type IndexEntry = z.infer<typeof entrySchema>

/** The index of an output folder; null: there is none. Throws a ConfigurationFailure for another target's folder. */
export async function readIndex(directory: string, target: Target): Promise<FleetIndex | null> {
  const file = join(directory, INDEX)
  const index = await readChecked(file, indexSchema, [], { optional: true })
  if (index === null || index.target === target) return index
  throw new ConfigurationFailure({
    where: file,
    what: `lists executables for ${index.target}`,
    mend: `give ${target} a folder of its own`,
  })
}

/** Replaces the index in one step, pumps in the order of their names. */
export async function writeIndex(directory: string, index: FleetIndex): Promise<void> {
  const pumps = index.pumps.toSorted((a, b) => byCodeUnits(a.slug, b.slug))
  const unfinished = join(directory, `.${INDEX}.${process.pid}.tmp`)
  await writeFile(unfinished, `${JSON.stringify({ ...index, pumps }, null, 2)}\n`)
  await rename(unfinished, join(directory, INDEX))
}
