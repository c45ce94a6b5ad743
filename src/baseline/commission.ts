import { type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { refuseProblems } from '../problems.ts'
import { type Commissioning, commission } from '../pump/commission.ts'
import { ratedPowerKw } from '../pump/settings.ts'
import type { Columns } from '../readings/columns.ts'
import { createTimestampReader } from '../readings/timestamp.ts'
import { type HealthyData, readHealthyData } from './healthy-data.ts'
import { readColumns, readDeployment } from './inputs.ts'
import { baselineNumbers, curveNumbers } from './numbers.ts'
import { fileNameOf, writeText } from './outputs.ts'
import { curvePicture } from './picture.ts'

const PROGRAM = 'pump-monitor baseline commission'
const DAY_MS = 86_400_000
const SEE_HELP = 'see pump-monitor baseline --help'

/** A dated baseline from a pump's own healthy running data. */
export async function runCommission(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals: files } = parseOptions(PROGRAM, argv, {
    columns: { type: 'string' },
    config: { type: 'string' },
    pump: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'shaft-power': { type: 'boolean', default: false },
    output: { type: 'string' },
    svg: { type: 'string' },
  })
  if (files.length === 0) throw new UsageFailure({ where: PROGRAM, what: 'needs a CSV', mend: SEE_HELP })
  if (values.columns === undefined) throw new UsageFailure({ where: PROGRAM, what: '--columns is missing', mend: SEE_HELP })
  const deployment = readDeployment(values.config ?? null, io.cwd)
  const columns = readColumns(values.columns, io.cwd, deployment.site_info.time_zone, values.pump ?? null)
  const pump = values.pump ?? columns.pump?.value ?? 'pump'
  const headDefinition = hasTotalHead(columns) ? 'total' : 'discharge'
  const period = {
    fromMs: values.from === undefined ? Number.NEGATIVE_INFINITY : instantOf('--from', values.from, columns, 0),
    toMs: values.to === undefined ? Number.POSITIVE_INFINITY : instantOf('--to', values.to, columns, DAY_MS),
  }
  const data = await readHealthyData(files, { columns, deployment, headDefinition, period, cwd: io.cwd })
  const facts = {
    pump,
    pump_type: null,
    application: deployment.pump.application,
    rated_power_kw: ratedPowerKw(deployment.pump),
    head_definition: headDefinition,
    date: data.span === null ? null : dayOf(data.span[1]),
    power_definition: values['shaft-power'] ? 'shaft' : 'wire',
  } as const
  const outcome = commission(data.readings, facts, deployment.pump.liquid_density_kg_m3)
  if (outcome.kind === 'invalid') {
    refuseProblems(outcome.problems.map(({ path, what, mend }) => ({ where: `${files.join(', ')}: ${path}`, what, mend })))
    throw new Error('was refused without a problem')
  }
  const output = values.output ?? `${fileNameOf(pump)}-baseline.json`
  writeText(output, io.cwd, `${JSON.stringify(outcome.baseline, null, 2)}\n`)
  io.stdout(`${told(outcome, data)}baseline: ${output}\n`)
  const { baseline } = outcome
  if (baseline.kind === 'curve') {
    const svg = values.svg ?? output.replace(/(\.json)?$/, '.svg')
    writeText(svg, io.cwd, curvePicture(baseline, outcome.points))
    io.stdout(`picture: ${svg}\n`)
  }
  for (const text of outcome.refused) io.stderr(`refused: ${text}\n`)
  for (const note of outcome.warnings) io.stderr(`note: ${note}\n`)
  return EXIT.ok
}

function told({ baseline, points, coverage }: Commissioning & { kind: 'ok' }, { span, off }: HealthyData): string {
  const days = span === null ? '' : `, ${dayOf(span[0])} to ${dayOf(span[1])}`
  const flow =
    coverage.flowM3h === null
      ? ''
      : `flow from ${coverage.flowM3h[0].toFixed(2)} to ${coverage.flowM3h[1].toFixed(2)} m³/h (5th to 95th percentile)\n`
  const speed =
    coverage.speedRpm === null
      ? ''
      : `speed from ${Math.round(coverage.speedRpm[0])} to ${Math.round(coverage.speedRpm[1])} rpm\n`
  const curves = baseline.kind === 'curve' ? `\n${curveNumbers(baseline, points)}` : ''
  return `${baselineNumbers(baseline)}${curves}\n${coverage.readings} running readings${days}; ${off} more with the pump off\n${flow}${speed}`
}

function hasTotalHead({ quantities }: Columns): boolean {
  return (
    quantities.head !== undefined || (quantities.discharge_pressure !== undefined && quantities.suction_pressure !== undefined)
  )
}

/** A day or an instant; a day given as an end is meant as a whole. */
function instantOf(option: string, text: string, { time_zone: timeZone }: Columns, wholeDayMs: number): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const ms = createTimestampReader(null, timeZone, 'month-first').read(isDay ? `${text} 00:00` : text)
  if (!Number.isNaN(ms)) return isDay ? ms + wholeDayMs : ms
  throw new UsageFailure({
    where: PROGRAM,
    what: `${option} ${text} is no date`,
    mend: 'write it as 2024-06-30 or 2024-06-30T12:00',
  })
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
