/** What `anomaly_reporting` of the deployment says. */
export interface ReportingSettings {
  readonly enabled: boolean
  readonly report_on_status: readonly ('Warning' | 'Critical' | 'Failure')[]
  readonly debounce_minutes: number
  readonly include_ml_predictions: boolean
  readonly min_confidence: number
  readonly max_rul_days: number
}
