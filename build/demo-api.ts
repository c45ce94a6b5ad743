/** What the demo reads of a stored anomaly. */
export interface StoredAnomaly {
  readonly timestamp: string
  readonly metadata: { readonly idempotencyKey: string }
  readonly additionalContext: {
    readonly parameter: readonly string[]
    readonly status: string
    readonly all_deviations: Readonly<Record<string, number | null>>
  }
}

/** All anomalies that the API has, oldest first. */
export async function storedAnomalies(url: string, token: string): Promise<StoredAnomaly[]> {
  const items: StoredAnomaly[] = []
  for (;;) {
    const answer = await fetch(`${url}/edge/anomalies?skip=${items.length}&take=100&sortDirection=asc`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!answer.ok) throw new Error(`the API answers ${answer.status}`)
    const page = (await answer.json()) as { readonly items: readonly StoredAnomaly[]; readonly total: number }
    items.push(...page.items)
    if (page.items.length === 0 || items.length >= page.total) return items
  }
}

const SHOWN = 4

/** The first and the last anomalies, a line each. */
export function anomalyTable(anomalies: readonly StoredAnomaly[]): string[] {
  const line = ({ timestamp, additionalContext }: StoredAnomaly): string => {
    const { status, parameter, all_deviations: deviations } = additionalContext
    const named = parameter.map((name) => {
      const deviation = deviations[name]
      return deviation == null ? name : `${name} ${deviation.toFixed(1)} %`
    })
    return `${timestamp.slice(0, 16).replace('T', ' ')}  ${status.padEnd(8)}  ${named.join(', ')}`
  }
  if (anomalies.length <= 2 * SHOWN) return anomalies.map(line)
  return [
    ...anomalies.slice(0, SHOWN).map(line),
    `… ${anomalies.length - 2 * SHOWN} more …`,
    ...anomalies.slice(-SHOWN).map(line),
  ]
}
