import { basename, extname } from 'node:path'
import { type CommandIo, parseOptions } from '../command.ts'
import { ConfigurationFailure, EXIT, UsageFailure } from '../failure.ts'
import { refuseProblems } from '../problems.ts'
import { type BaselineRow, baselineEntries, pumpsIn } from '../pump/baseline-rows.ts'
import { curveBaselineOf } from '../pump/curve-baseline.ts'
import { readDeployment, readRows } from './inputs.ts'
import { baselineNumbers, curveNumbers } from './numbers.ts'
import { writeText } from './outputs.ts'
import { curvePicture } from './picture.ts'

const PROGRAM = 'pump-monitor baseline fit'

/** Curves through the points of a pump test, in numbers and in a picture. */
export async function runFit(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(PROGRAM, argv, {
    pump: { type: 'string' },
    config: { type: 'string' },
    svg: { type: 'string' },
    output: { type: 'string' },
  })
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) {
    throw new UsageFailure({ where: PROGRAM, what: 'needs one CSV', mend: 'see pump-monitor baseline --help' })
  }
  const deployment = readDeployment(values.config ?? null, io.cwd)
  const rows = readRows(file, io.cwd)
  const pump = values.pump ?? onlyPump(rows, file)
  const read = baselineEntries(rows, pump)
  const outcome = read.kind === 'ok' ? curveBaselineOf(read.entries, pump, deployment.pump) : read
  if (outcome.kind === 'invalid') {
    refuseProblems(outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
    throw new Error(`${file}: was refused without a problem`)
  }
  const { baseline, points, warnings } = outcome
  const svg = values.svg ?? `${basename(file, extname(file))}.svg`
  writeText(svg, io.cwd, curvePicture(baseline, points))
  if (values.output !== undefined) writeText(values.output, io.cwd, `${JSON.stringify(baseline, null, 2)}\n`)
  io.stdout(`${baselineNumbers(baseline)}\n${curveNumbers(baseline, points)}picture: ${svg}\n`)
  for (const warning of warnings) io.stderr(`warning: ${file}: ${warning}\n`)
  return EXIT.ok
}

function onlyPump(rows: readonly BaselineRow[], file: string): string {
  const [first, second] = pumpsIn(rows)
  if (second === undefined) return first ?? basename(file, extname(file))
  throw new ConfigurationFailure({
    where: file,
    what: `holds several pumps (${pumpsIn(rows).join(', ')})`,
    mend: 'choose one with --pump',
  })
}
