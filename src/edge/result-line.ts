import type { ResultRecord } from './result.ts'

/**
 * Records as JSON, the same text as `JSON.stringify(record)`. Most of a record is the very value of the record before
 * it, so only what changes from reading to reading is written anew.
 */
export function createResultLines(): (record: ResultRecord) => string {
  let last: ResultRecord | null = null
  let verdict = ''
  let rest = ''
  return (record) => {
    if (last?.status !== record.status || last.reason !== record.reason) verdict = verdictOf(record)
    if (last === null || !hasSameRest(last, record)) rest = restOf(record)
    last = record
    return `{"timestamp":"${record.timestamp}${verdict}${JSON.stringify(record.deviations)}${rest}`
  }
}

/** What stands between the time and the deviations. */
function verdictOf({ status, reason }: ResultRecord): string {
  return `",${JSON.stringify({ status, reason }).slice(1, -1)},"deviations":`
}

/** What follows the deviations. */
function restOf({ timestamp, status, reason, deviations, ...rest }: ResultRecord): string {
  return `,${JSON.stringify(rest).slice(1)}`
}

function hasSameRest(one: ResultRecord, other: ResultRecord): boolean {
  return (
    one.violations === other.violations &&
    one.findings === other.findings &&
    one.prediction === other.prediction &&
    one.prediction_reason === other.prediction_reason &&
    one.basis === other.basis &&
    one.reported_to_api === other.reported_to_api
  )
}
