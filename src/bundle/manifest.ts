import * as z from 'zod/mini'
import { BUNDLE_SCHEMA_VERSION } from './layout.ts'

const entry = z.strictObject({
  /** Of the entry's bytes, hex. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** [bytes] */
  size: z.int().check(z.minimum(0)),
})

/** `manifest.json` of a bundle: which pump it is, what it was built from, and the hash of every other entry. */
export const manifestSchema = z.strictObject({
  schema_version: z.literal(BUNDLE_SCHEMA_VERSION),
  /** Pump name as the baseline file states it. */
  pump: z.string().check(z.minLength(1)),
  /** The pump's name as folders and files carry it. */
  slug: z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)),
  artifact_version: z.string().check(z.minLength(1)),
  /** Of the program; ends in `+unofficial` when it was not built as a release is. */
  runtime_version: z.string().check(z.minLength(1)),
  /** Of the executable up to the bundle, hex: with the bundle's own hash, every byte of the file is accounted for. */
  runtime_sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  target: z.enum(['linux-arm64', 'linux-x64']),
  /** ISO 8601 in UTC, from SOURCE_DATE_EPOCH where that is set. */
  build_time: z.iso.datetime(),
  entries: z.record(z.string(), entry),
})

export type Manifest = z.infer<typeof manifestSchema>
