import { statSync } from 'node:fs'
import type { Deployment } from '../src/bundle/deployment.ts'
import { ENTRY } from '../src/bundle/layout.ts'
import type { Manifest } from '../src/bundle/manifest.ts'
import { openBundle } from '../src/bundle/open.ts'
import type { ModelMetadata } from '../src/model/metadata.ts'
import type { Baseline } from '../src/pump/baseline.ts'
import { chooseGrade } from '../src/pump/grade.ts'
import type { Tolerances } from '../src/pump/tolerances.ts'
import type { Columns } from '../src/readings/columns.ts'

/** Everything about an executable, in the words of the files inside; never a token. */
export interface Inspection {
  readonly manifest: Omit<Manifest, 'entries'>
  /** [bytes] */
  readonly size: { readonly executable: number; readonly program: number; readonly model: number; readonly configuration: number }
  readonly grade: { readonly name: string; readonly reason: string; readonly bounds: unknown } | null
  readonly deployment: Deployment
  readonly baseline: Baseline
  readonly columns: Columns
  readonly tolerances: Tolerances
  readonly model: ModelMetadata | null
  readonly entries: Manifest['entries']
}

export function inspectionOf(path: string): Inspection {
  const bundle = openBundle(path)
  const { entries, ...manifest } = bundle.manifest
  const deployment = bundle.json<Deployment>(ENTRY.deployment)
  const baseline = bundle.json<Baseline>(ENTRY.baseline)
  const tolerances = bundle.json<Tolerances>(ENTRY.tolerances)
  const choice = chooseGrade(tolerances, deployment.pump, baseline)
  const executable = statSync(path).size
  const model = entries[ENTRY.modelOnnx]?.size ?? 0
  return {
    manifest,
    size: { executable, program: bundle.trailer.offset, model, configuration: executable - bundle.trailer.offset - model },
    grade: choice.kind === 'grade' ? choice.grade : null,
    deployment: withoutToken(deployment),
    baseline,
    columns: bundle.json<Columns>(ENTRY.columns),
    tolerances,
    model: bundle.has(ENTRY.modelMetadata) ? bundle.json<ModelMetadata>(ENTRY.modelMetadata) : null,
    entries,
  }
}

function withoutToken(deployment: Deployment): Deployment {
  const { api } = deployment
  return api.bearer_token === null ? deployment : { ...deployment, api: { ...api, bearer_token: '(a token is embedded)' } }
}
