import type { Deployment } from '../bundle/deployment.ts'
import { ENTRY } from '../bundle/layout.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { type Bundle, type BundleCheck, openBundle } from '../bundle/open.ts'
import { ConfigurationFailure } from '../failure.ts'
import type { ModelMetadata, ScalerParameters } from '../model/metadata.ts'
import type { Baseline } from '../pump/baseline.ts'
import { isDerived } from '../pump/duty-point.ts'
import { chooseGrade, type Grade } from '../pump/grade.ts'
import type { Tolerances } from '../pump/tolerances.ts'
import type { Columns } from '../readings/columns.ts'
import type { JsonSchema } from './json-schema.ts'
import type { JudgingSetup } from './judging.ts'
import { withOverlay } from './overlay.ts'

/** What the executable carries for its pump, with the overlay of this run laid over it. */
export interface Program {
  readonly bundle: Bundle
  readonly manifest: Manifest
  readonly deployment: Deployment
  readonly baseline: Baseline
  readonly grade: Grade
  readonly columns: Columns
  /** null: packaged without a model. */
  readonly model: { readonly metadata: ModelMetadata; readonly scaler: ScalerParameters | null } | null
}

/** Opens the running executable. Throws ConfigurationFailure (exit 78). */
export function openProgram(overlay: string | null, cwd: string, check: BundleCheck = 'used'): Program {
  const bundle = openBundle(undefined, check)
  const embedded = bundle.json<Deployment>(ENTRY.deployment)
  const deployment =
    overlay === null ? embedded : withOverlay(embedded, bundle.json<JsonSchema>(ENTRY.deploymentSchema), overlay, cwd)
  const baseline = bundle.json<Baseline>(ENTRY.baseline)
  return {
    bundle,
    manifest: bundle.manifest,
    deployment,
    baseline,
    grade: gradeOf(bundle.json<Tolerances>(ENTRY.tolerances), deployment, baseline),
    columns: bundle.json<Columns>(ENTRY.columns),
    model: bundle.has(ENTRY.modelMetadata)
      ? {
          metadata: bundle.json<ModelMetadata>(ENTRY.modelMetadata),
          scaler: bundle.has(ENTRY.scaler) ? bundle.json<ScalerParameters>(ENTRY.scaler) : null,
        }
      : null,
  }
}

/** An overlay may name a category that the packager has not seen. */
function gradeOf(tolerances: Tolerances, { pump }: Deployment, baseline: Baseline): Grade {
  const choice = chooseGrade(tolerances, pump, baseline)
  if (choice.kind === 'grade') return choice.grade
  throw new ConfigurationFailure({ where: 'pump.tolerance_category', what: choice.what, mend: choice.mend })
}

/** Everything that judging this pump takes. */
export function judgingSetup({ manifest, deployment, baseline, grade, model }: Program): JudgingSetup {
  const { site_info: site, pump, judgement, anomaly_reporting: reporting, inference_settings: inference } = deployment
  return {
    pump: { baseline, grade, pump, judgement },
    reported: {
      name: manifest.pump,
      siteId: site.site_id,
      pumpId: site.pump_id,
      sensorIds: site.sensor_ids,
      artifactVersion: manifest.artifact_version,
      grade: grade.name,
      bounds: grade.bounds,
      model: model === null ? null : { name: model.metadata.name, version: model.metadata.version, kind: model.metadata.kind },
    },
    reporting,
    minHistory: inference.min_data_points_for_ml,
    basis: basisOf(baseline, grade),
  }
}

/** What readings are compared with, in one line: it stands in every result. */
export function basisOf(baseline: Baseline, grade: Grade): string {
  const dated = baseline.date === null ? 'undated' : `of ${baseline.date}`
  const head = baseline.head_definition === 'discharge' ? 'head of the discharge pressure' : 'total head'
  const efficiency = isDerived(baseline) ? `, efficiency derived (${baseline.efficiency_percent?.toFixed(1)} %)` : ''
  return `${baseline.kind} baseline ${dated}, ${head}${efficiency}, grade ${grade.name}`
}
