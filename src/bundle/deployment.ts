import * as z from 'zod/mini'

/** What the README's table and the JSON schema tell of one key. */
export interface KeyMeaning {
  readonly meaning: string
  readonly unit?: string
  readonly example?: unknown
}

/** Attaches a key's meaning, unit and example to its schema. */
function key<T extends z.ZodMiniType>(schema: T, meaning: KeyMeaning): T {
  return schema.check(z.meta({ description: meaning.meaning, ...meaning })) as T
}

const number = (fallback: number, minimum: number, maximum: number) =>
  z._default(z.number().check(z.minimum(minimum), z.maximum(maximum)), fallback)
const integer = (fallback: number, minimum: number, maximum: number) =>
  z._default(z.int().check(z.minimum(minimum), z.maximum(maximum)), fallback)
const flag = (fallback: boolean) => z._default(z.boolean(), fallback)
const optional = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null)
const text = () => z.string().check(z.minLength(1))
const id = () => z.int().check(z.minimum(0))

const api = z.strictObject({
  base_url: key(optional(z.url()), {
    meaning: 'anomalies go to POST {base_url}/edge/anomalies; without it they wait in the spool',
    example: 'https://api.example.com/v1',
  }),
  timeout_seconds: key(number(30, 0.1, 600), { meaning: 'limit of one attempt', unit: 's' }),
  retry_attempts: key(integer(3, 1, 10), { meaning: 'attempts per anomaly and run, the first one included' }),
  retry_delay_seconds: key(number(5, 0, 600), { meaning: 'first delay of the exponential backoff', unit: 's' }),
  time_budget_seconds: key(number(120, 1, 86_400), {
    meaning: 'limit of all deliveries of one run; the rest waits in the spool',
    unit: 's',
  }),
  ca_file: key(optional(text()), {
    meaning: 'PEM file with a private certificate authority',
    example: '/etc/pump-monitor/ca.pem',
  }),
  client_cert_file: key(optional(text()), {
    meaning: 'PEM file with the client certificate',
    example: '/etc/pump-monitor/client.pem',
  }),
  client_key_file: key(optional(text()), {
    meaning: 'PEM file with the key of the client certificate',
    example: '/etc/pump-monitor/client.key',
  }),
  token_file: key(optional(text()), {
    meaning: 'file with the bearer token, readable by its owner only',
    example: '/etc/pump-monitor/token',
  }),
  bearer_token: key(optional(z.string()), {
    meaning: 'the token itself; packaged only with --embed-token; a placeholder such as YOUR_TOKEN counts as absent',
    example: 'YOUR_TOKEN',
  }),
})

const siteInfo = z.strictObject({
  site_id: key(id(), { meaning: 'site in the anomaly API', example: 12 }),
  pump_id: key(id(), { meaning: 'pump in the anomaly API', example: 1 }),
  sensor_ids: key(z._default(z.record(z.string(), id()), {}), {
    meaning: 'sensor in the anomaly API of each parameter or channel; pump_id stands in for one that is missing',
    example: { flow: 101, head: 102, power: 103, efficiency: 104 },
  }),
  time_zone: key(z._default(text(), 'UTC'), {
    meaning: 'IANA zone of timestamps that carry none',
    example: 'America/Los_Angeles',
  }),
})

const pump = z.strictObject({
  tolerance_category: key(optional(text()), {
    meaning: 'grade of ISO 9906 or a category of the site; by application and power when absent',
    example: '1U',
  }),
  application: key(optional(text()), {
    meaning: 'what the pump does; chooses the grade when none is stated',
    example: 'Municipal Water and Wastewater',
  }),
  horsepower: key(optional(z.number().check(z.positive())), { meaning: 'rated power', unit: 'hp', example: 24 }),
  rated_power_kw: key(optional(z.number().check(z.positive())), { meaning: 'rated power', unit: 'kW', example: 18.5 }),
  rated_speed_rpm: key(optional(z.number().check(z.positive())), {
    meaning: 'speed of the baseline',
    unit: 'rpm',
    example: 1800,
  }),
  liquid_density_kg_m3: key(number(998.2, 300, 2500), { meaning: 'density of the liquid; water at 20 °C', unit: 'kg/m³' }),
  liquid_temperature_channel: key(optional(text()), {
    meaning: 'channel with the temperature of the water in °C, which then gives its density',
    example: 'water_temperature',
  }),
  discharge_gauge_elevation_m: key(number(0, -1000, 1000), { meaning: 'height of the discharge gauge', unit: 'm' }),
  suction_gauge_elevation_m: key(number(0, -1000, 1000), { meaning: 'height of the suction gauge', unit: 'm' }),
  discharge_diameter_mm: key(optional(z.number().check(z.positive())), {
    meaning: 'bore of the pipe at the discharge gauge',
    unit: 'mm',
    example: 100,
  }),
  suction_diameter_mm: key(optional(z.number().check(z.positive())), {
    meaning: 'bore of the pipe at the suction gauge',
    unit: 'mm',
    example: 125,
  }),
})

const anomalyReporting = z.strictObject({
  enabled: key(flag(true), { meaning: 'false: judge and keep results, report nothing' }),
  report_on_status: key(z._default(z.array(z.enum(['Warning', 'Critical', 'Failure'])), ['Warning', 'Critical', 'Failure']), {
    meaning: 'statuses that are reported',
  }),
  debounce_minutes: key(number(60, 0, 100_000), {
    meaning: 'a parameter is not reported again within this time, in event time',
    unit: 'min',
  }),
  include_ml_predictions: key(flag(true), { meaning: 'false: the model never causes a report' }),
  min_confidence: key(number(0.7, 0, 1), { meaning: 'a prediction is reported above this confidence' }),
  max_rul_days: key(number(7, 0, 100_000), { meaning: 'a prediction is reported below this remaining useful life', unit: 'd' }),
})

const perParameter = (flow: number, head: number, power: number, efficiency: number, meaning: string) =>
  z.prefault(
    z.strictObject({
      flow: key(number(flow, 0.01, 100), { meaning: `${meaning}, flow`, unit: '%' }),
      head: key(number(head, 0.01, 100), { meaning: `${meaning}, head`, unit: '%' }),
      power: key(number(power, 0.01, 100), { meaning: `${meaning}, power`, unit: '%' }),
      efficiency: key(number(efficiency, 0.01, 100), { meaning: `${meaning}, efficiency`, unit: '%' }),
    }),
    {},
  )

const judgement = z.strictObject({
  mode: key(z._default(z.enum(['evidence', 'strict']), 'evidence'), {
    meaning:
      'evidence: status follows from evidence at the scale of the variation of the pump itself; strict: every reading literally',
  }),
  guard_band: key(number(2, 0, 100), { meaning: 'kept outside every bound before evidence counts', unit: 'percentage points' }),
  windows_hours: key(z._default(z.array(z.number().check(z.positive(), z.maximum(168))), [1, 6, 24]), {
    meaning: 'windows of the rolling medians, rising',
    unit: 'running hours',
  }),
  z: key(z._default(z.array(z.number().check(z.minimum(0))), [5, 4, 3.5, 3]), {
    meaning: 'spreads that a level must lie beyond bound and guard: the reading, then each window',
  }),
  noise: perParameter(1, 0.75, 0.75, 1.5, 'prior of the spread'),
  prior_weight_windows: key(number(12, 0, 10_000), { meaning: 'weight of the prior of the spread', unit: 'windows' }),
  spread_days: key(integer(30, 2, 365), { meaning: 'history that the spread is taken from', unit: 'd' }),
  critical_severity: key(number(1.5, 1, 100), { meaning: 'severity of a mandatory parameter from which the status is Critical' }),
  failure_severity: key(number(2, 1, 100), { meaning: 'severity of a mandatory parameter from which the status is Failure' }),
  sustained_hours: key(number(24, 0, 10_000), {
    meaning: 'a mandatory violation confirmed this long is Critical',
    unit: 'running hours',
  }),
  speed_tolerance_percent: key(number(3, 0, 50), {
    meaning: 'with a point baseline, readings further from rated speed are not judged',
    unit: '%',
  }),
  startup_blanking_seconds: key(number(0, 0, 86_400), {
    meaning: 'readings within this time of a start are not judged',
    unit: 's',
  }),
  running: z.prefault(
    z.strictObject({
      channel: key(optional(text()), { meaning: 'channel that is above 0.5 while the pump runs', example: 'run' }),
      min_speed_rpm: key(optional(z.number().check(z.minimum(0))), {
        meaning: 'below it the pump is off',
        unit: 'rpm',
        example: 100,
      }),
      min_power_kw: key(optional(z.number().check(z.minimum(0))), {
        meaning: 'below it the pump is off',
        unit: 'kW',
        example: 0.5,
      }),
    }),
    {},
  ),
  operating_region: z.prefault(
    z.strictObject({
      min_percent: key(number(70, 0, 100), {
        meaning: 'with a curve baseline, least flow of the preferred region',
        unit: '% of best-efficiency flow',
      }),
      max_percent: key(number(120, 100, 300), {
        meaning: 'largest flow of the preferred region',
        unit: '% of best-efficiency flow',
      }),
      hours: key(number(6, 0, 10_000), { meaning: 'time outside the region after which it is a Warning', unit: 'running hours' }),
    }),
    {},
  ),
  vibration: z.prefault(
    z.strictObject({
      channels: key(z._default(z.array(text()), []), {
        meaning: 'channels in mm/s rms that are judged by the zones of ISO 10816-7',
        example: ['vibration_drive_end'],
      }),
      category: key(z._default(z.enum(['I', 'II']), 'II'), { meaning: 'I: critical duty; II: general duty' }),
    }),
    {},
  ),
})

const inferenceSettings = z.strictObject({
  min_data_points_for_ml: key(integer(168, 1, 1_000_000), {
    meaning: 'running readings before the model is asked',
    unit: 'readings',
  }),
  save_results_locally: key(flag(true), { meaning: 'keep results in the state directory when no OUTPUT is given' }),
  results_retention_days: key(number(30, 0, 36_500), {
    meaning: 'results are pruned this long after their last event',
    unit: 'd',
  }),
})

const spool = z.strictObject({
  max_mib: key(number(50, 0.01, 100_000), {
    meaning: 'bound of the spool; the oldest Warnings go first, and the loss is said',
    unit: 'MiB',
  }),
})

/** `deployment.json`: what a site decides about one pump. Defaults are filled in when packaging. */
export const deploymentSchema = z.strictObject({
  api: z.prefault(api, {}),
  site_info: siteInfo,
  pump: z.prefault(pump, {}),
  anomaly_reporting: z.prefault(anomalyReporting, {}),
  judgement: z.prefault(judgement, {}),
  inference_settings: z.prefault(inferenceSettings, {}),
  spool: z.prefault(spool, {}),
})

export type Deployment = z.infer<typeof deploymentSchema>
