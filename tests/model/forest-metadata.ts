import type { ModelMetadata } from '../../src/model/metadata.ts'

/** Of `fixtures/sklearn/forest.onnx`; its checksum is none. */
export const FOREST: ModelMetadata = {
  schema_version: 1,
  name: 'test forest',
  version: '1.0.0',
  kind: 'classifier',
  description: '',
  features: ['flow', 'head', 'power'],
  window: 1,
  classes: ['clogged', 'healthy', 'worn'],
  failure_classes: ['worn'],
  input: 'X',
  outputs: { probabilities: 'probabilities', score: null, rul_days: null },
  threshold: null,
  metrics: {},
  sha256: '0'.repeat(64),
}
