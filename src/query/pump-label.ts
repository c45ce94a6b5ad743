import type { Reported } from './reported.ts'

/** Beginning of the descriptions that devices write: the pump's name and its status. */
const NAMED = /^(.{1,40}?): (?:Normal|Warning|Critical|Failure)\b/

/** A pump as one key: ids of pumps need not differ between sites. */
export function pumpKey({ siteId, pumpId }: Pick<Reported, 'siteId' | 'pumpId'>): string {
  return `${siteId}/${pumpId}`
}

/** The pump's own name, where the description begins with it as devices write it; null otherwise. */
export function pumpName({ description }: Reported): string | null {
  return NAMED.exec(description)?.[1] ?? null
}

/** Site and pump, and the name where it is known. */
export function pumpLabel(anomaly: Reported): string {
  const name = pumpName(anomaly)
  return name === null ? pumpKey(anomaly) : `${pumpKey(anomaly)} ${name}`
}
