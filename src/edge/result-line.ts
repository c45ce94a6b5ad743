import type { ResultRecord } from './result.ts'

/**
 * Records as JSON, the same text as `JSON.stringify(record)`. Most of a record is the very value of the record before
 * it, so only what changes from reading to reading is written anew.
 */
export function createResultLines(): (record: ResultRecord) => string {
  const status = createJsonOf()
  const reason = createJsonOf()
  const violations = createJsonOf()
  const findings = createJsonOf()
  const prediction = createJsonOf()
  const predictionReason = createJsonOf()
  const basis = createJsonOf()
  return (record) =>
    `{"timestamp":"${record.timestamp}","status":${status(record.status)},"reason":${reason(record.reason)}` +
    `,"deviations":${JSON.stringify(record.deviations)},"violations":${violations(record.violations)}` +
    `,"findings":${findings(record.findings)},"prediction":${prediction(record.prediction)}` +
    `,"prediction_reason":${predictionReason(record.prediction_reason)},"basis":${basis(record.basis)}` +
    `,"reported_to_api":${record.reported_to_api}}`
}

/** JSON of a value that never changes; that of the last one is remembered. */
function createJsonOf(): (value: unknown) => string {
  let last: unknown
  let json = ''
  return (value) => {
    if (value !== last) {
      last = value
      json = JSON.stringify(value)
    }
    return json
  }
}
