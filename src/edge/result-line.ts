import type { ResultRecord } from './result.ts'

/**
 * Records as JSON, the same text as `JSON.stringify(record)`. Most of a record is the very value of the record before
 * it, so only what changes from reading to reading is written anew.
 */
export function createResultLines(): (record: ResultRecord) => string {
  let last: ResultRecord | null = null
  let verdict = ''
  let noticed = ''
  let prediction = ''
  let rest = ''
  return (record) => {
    if (last?.status !== record.status || last.reason !== record.reason) verdict = verdictOf(record)
    if (last?.violations !== record.violations || last.findings !== record.findings) noticed = noticedOf(record)
    if (last?.prediction !== record.prediction) prediction = JSON.stringify(record.prediction)
    if (last === null || !hasSameRest(last, record)) rest = restOf(record)
    last = record
    return `{"timestamp":"${record.timestamp}${verdict}${JSON.stringify(record.deviations)}${noticed}${prediction}${rest}`
  }
}

/** What stands between the time and the deviations. */
function verdictOf({ status, reason }: ResultRecord): string {
  return `",${JSON.stringify({ status, reason }).slice(1, -1)},"deviations":`
}

/** What stands between the deviations and the prediction. */
function noticedOf({ violations, findings }: ResultRecord): string {
  return `,${JSON.stringify({ violations, findings }).slice(1, -1)},"prediction":`
}

/** What follows the prediction. */
function restOf({ prediction_reason, basis, reported_to_api }: ResultRecord): string {
  return `,${JSON.stringify({ prediction_reason, basis, reported_to_api }).slice(1)}`
}

function hasSameRest(one: ResultRecord, other: ResultRecord): boolean {
  return (
    one.prediction_reason === other.prediction_reason &&
    one.basis === other.basis &&
    one.reported_to_api === other.reported_to_api
  )
}
