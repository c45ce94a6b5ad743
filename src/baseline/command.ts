import type { Command, CommandIo } from '../command.ts'
import { UsageFailure } from '../failure.ts'
import { nearestName } from '../nearest.ts'
import { runCommission } from './commission.ts'
import { runFit } from './fit.ts'

const PROGRAM = 'pump-monitor baseline'

const STEPS = { fit: runFit, commission: runCommission } as const

const HELP = `Makes the baseline that a pump is compared with: give it to package --baseline.

usage: ${PROGRAM} fit CSV [options]
       ${PROGRAM} commission CSV… --columns FILE [options]

fit: curves through the points of a pump test, one row per point, with units in the headers ("Flow (m3/h)",
"Head (m)", "Shaft Power (kW)"…). Shows each point beside its curve and draws a picture. package reads the CSV itself.

  --pump NAME      pump in a file of several
  --config FILE    deployment.json: gauges, bores and the density of the liquid (default: water, gauges level)
  --svg FILE       where the picture goes (default: name of the CSV, with .svg)
  --output FILE    the baseline as JSON (default: not written)

commission: a dated baseline from the pump's own readings of a time in which it was healthy. Curves when flow ranges
over a factor of 1.3 or more, else one duty point; with the noise of each quantity, which is what readings are later
measured by. A quantity whose noise exceeds a quarter of its value is refused.

  --columns FILE   columns.json of the readings
  --config FILE    deployment.json of the pump (default: nothing stated)
  --pump NAME      name of the pump (default: the value of the columns' pump filter)
  --from DATE      first day or instant (default: the first reading), in the columns' time zone
  --to DATE        last day, whole, or the first instant left out (default: the last reading)
  --shaft-power    power is that of the shaft (default: of the wire, judged near the speed of the baseline only)
  --output FILE    the baseline (default: NAME-baseline.json)
  --svg FILE       where the picture of curves goes (default: beside the baseline)

exit status: 0 done, 64 usage, 65 readings that cannot be read, 73 a file cannot be written, 78 data that make no baseline

  ${PROGRAM} fit pump-test.csv
  ${PROGRAM} commission june/*.csv --columns columns.json --config deployment.json --from 2024-06-01 --to 2024-06-14
`

/** `pump-monitor baseline fit|commission`. */
export const baselineCommand: Command = {
  help: HELP,
  run: async ([name, ...rest]: readonly string[], io: CommandIo) => {
    if (name === 'fit' || name === 'commission') return await STEPS[name](rest, io)
    const near = name === undefined ? null : nearestName(name, Object.keys(STEPS))
    const what = name === undefined ? 'no step is named' : `there is no step '${name}'`
    throw new UsageFailure({ where: PROGRAM, what, mend: near === null ? 'use fit or commission' : `did you mean ${near}?` })
  },
}
