import type { LoadedModel } from './predictor.ts'

/** The embedded model as far as it could be loaded. */
export interface EmbeddedModel {
  readonly loaded: LoadedModel
  /** Why there is none; null when it is loaded. */
  readonly reason: string | null
}

const REASON = 'the executable carries no model'

/** Of an executable that is meant to do without. */
export const NO_MODEL: EmbeddedModel = { loaded: { kind: 'unavailable', metadata: null, reason: REASON }, reason: REASON }
