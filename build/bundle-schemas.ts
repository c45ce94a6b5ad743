import * as z from 'zod/mini'
import { deploymentSchema } from '../src/bundle/deployment.ts'
import { ENTRY } from '../src/bundle/layout.ts'
import { manifestSchema } from '../src/bundle/manifest.ts'
import type { Bundle } from '../src/bundle/open.ts'
import type { FailureText } from '../src/failure.ts'
import { modelMetadataSchema, scalerSchema } from '../src/model/metadata.ts'
import { parseJson } from '../src/problems.ts'
import { baselineSchema } from '../src/pump/baseline.ts'
import { tolerancesSchema } from '../src/pump/tolerances.ts'
import { checkAgainst } from '../src/schema-problems.ts'

const text = z.string()
const column = z.strictObject({ column: text, unit: text })

/** What `resolveColumns` makes of a site's columns. */
const columnsSchema = z.strictObject({
  schema_version: z.literal(1),
  timestamp_column: text,
  timestamp_format: z.nullable(text),
  time_zone: text,
  zone_offsets: z.optional(
    z.strictObject({ from_ms: z.number(), to_ms: z.number(), changes: z.array(z.tuple([z.number(), z.number()])) }),
  ),
  quantities: z.record(text, column),
  channels: z.record(text, z.strictObject({ column: text, unit: z.nullable(text) })),
  delimiter: z.nullable(text),
  decimal: z.enum(['.', ',']),
  pump: z.nullable(z.strictObject({ column: text, value: text })),
})

/** The schema of each entry of a bundle that is JSON; `required` ones are in every bundle. */
const SCHEMAS: Readonly<Record<string, { readonly schema: z.ZodMiniType; readonly required: boolean }>> = {
  [ENTRY.manifest]: { schema: manifestSchema, required: true },
  [ENTRY.baseline]: { schema: baselineSchema, required: true },
  [ENTRY.tolerances]: { schema: tolerancesSchema, required: true },
  [ENTRY.columns]: { schema: columnsSchema, required: true },
  [ENTRY.deployment]: { schema: deploymentSchema, required: true },
  [ENTRY.deploymentSchema]: { schema: z.looseObject({ type: z.literal('object') }), required: true },
  [ENTRY.modelMetadata]: { schema: modelMetadataSchema, required: false },
  [ENTRY.scaler]: { schema: scalerSchema, required: false },
}

/** Everything in a bundle that is not as this version of pump-monitor writes it. Throws for an entry with other bytes. */
export function bundleProblems(bundle: Bundle): FailureText[] {
  return Object.entries(SCHEMAS).flatMap(([name, { schema, required }]) => {
    if (!bundle.has(name)) return required ? [{ where: name, what: 'is missing', mend: 'package the pump again' }] : []
    const parsed = parseJson(name, new TextDecoder().decode(bundle.read(name)))
    const checked = parsed.kind === 'ok' ? checkAgainst(schema, name, parsed.value) : parsed
    return checked.kind === 'ok' ? [] : checked.problems
  })
}
