import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { apiHealth, tokenHealth } from './api-health.ts'
import { examine, type Health, ok } from './health.ts'
import { modelHealth } from './model-health.ts'
import { COMMON_HELP, COMMON_OPTIONS, type CommonOptions, commonOptions } from './options.ts'
import { openPlace, PATIENCE_MS } from './place.ts'
import { basisOf, openProgram, type Program } from './program.ts'
import { lossHealth, spaceHealth, stateHealth } from './state-health.ts'
import { type World, worldOf } from './world.ts'

const HELP = `Checks everything that a run needs, and says how to mend what is wrong. Sends no anomaly.

usage: doctor [--json] [options]

options:
${COMMON_HELP}
  --json                     for a program

exit status: 0 all is well, or only warnings; 64 wrong use; 78 something failed

example:
  doctor
`

export const doctorCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions('doctor', argv, { ...COMMON_OPTIONS, json: { type: 'boolean', default: false } })
    if (positionals.length > 0) throw new UsageFailure({ where: 'doctor', what: 'takes no input', mend: 'see doctor --help' })
    const common = commonOptions('doctor', values)
    const lines = await examination(common, worldOf(io))
    io.stdout(values.json ? `${JSON.stringify(lines, null, 2)}\n` : lines.map(inWords).join(''))
    return lines.some(({ level }) => level === 'fail') ? EXIT.configuration : EXIT.ok
  },
}

async function examination(common: CommonOptions, world: World): Promise<Health[]> {
  const program = openProgram(common.overlay, world.cwd)
  const configuration = ok(
    'configuration',
    `${program.manifest.pump} ${program.manifest.artifact_version}: ${basisOf(program.baseline, program.grade)}`,
  )
  const token = await examine('token', () => tokenHealth(program, world))
  const place = await placeHealth(program, common, world)
  let api: Health[] = []
  const asked = await examine('API', async () => {
    api = await apiHealth(program, common.allowInsecureLoopback, world)
    return ok('API', '')
  })
  return [configuration, ...place, token, ...(asked.level === 'fail' ? [asked] : api)]
}

/** What needs the state directory; the lock is held only while it is looked at. */
async function placeHealth(program: Program, common: CommonOptions, world: World): Promise<Health[]> {
  const lines: Health[] = []
  const opened = await examine('state', async () => {
    const place = await openPlace(program, common.stateDir, world, PATIENCE_MS)
    try {
      lines.push(await examine('state', () => stateHealth(place)))
      lines.push(await examine('space', () => spaceHealth(place, program)))
      lines.push(await examine('losses', () => lossHealth(place)))
      lines.push(await examine('model', () => modelHealth(program, place, () => undefined)))
      return ok('state', '')
    } finally {
      place.lock.release()
    }
  })
  return opened.level === 'fail' ? [opened, ...lines] : lines
}

function inWords({ check, level, text, mend }: Health): string {
  return `${level.padEnd(4)}  ${check.padEnd(13)}  ${text}${mend === null ? '' : `; ${mend}`}\n`
}
