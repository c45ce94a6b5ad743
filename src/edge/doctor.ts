import { openBundle } from '../bundle/open.ts'
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
    const lines: Health[] = []
    // At once, because the libraries of the model, which are tried last, may end the program.
    const found = (line: Health) => {
      lines.push(line)
      if (!values.json) io.stdout(inWords(line))
    }
    await examineAll(common, worldOf(io), found)
    if (values.json) io.stdout(`${JSON.stringify(lines, null, 2)}\n`)
    return lines.some(({ level }) => level === 'fail') ? EXIT.configuration : EXIT.ok
  },
}

type Found = (line: Health) => void

async function examineAll(common: CommonOptions, world: World, found: Found): Promise<void> {
  const program = openProgram(common.overlay, world.cwd)
  found(await examine('executable', executableHealth))
  const basis = basisOf(program.baseline, program.grade)
  found(ok('configuration', `${program.manifest.pump} ${program.manifest.artifact_version}: ${basis}`))
  found(await examine('token', () => tokenHealth(program, world)))
  const asked = await examine('API', async () => {
    for (const line of await apiHealth(program, common.allowInsecureLoopback, world)) found(line)
    return ok('API', '')
  })
  if (asked.level === 'fail') found(asked)
  await examinePlace(program, common, world, found)
}

/** A run looks only at what it uses of the bundle. */
function executableHealth(): Health {
  const { names, read, trailer } = openBundle()
  for (const name of names) read(name)
  return ok('executable', `${trailer.length} bytes of its pump bundle, all as they were packaged`)
}

/** What needs the state directory; the lock is held only while it is looked at. */
async function examinePlace(program: Program, common: CommonOptions, world: World, found: Found): Promise<void> {
  const opened = await examine('state', async () => {
    const place = await openPlace(program, common.stateDir, world, PATIENCE_MS)
    try {
      found(await examine('state', () => stateHealth(place)))
      found(await examine('space', () => spaceHealth(place, program)))
      found(await examine('losses', () => lossHealth(place)))
      found(await examine('model', () => modelHealth(program, place, () => undefined)))
      return ok('state', '')
    } finally {
      place.lock.release()
    }
  })
  if (opened.level === 'fail') found(opened)
}

function inWords({ check, level, text, mend }: Health): string {
  return `${level.padEnd(4)}  ${check.padEnd(13)}  ${text}${mend === null ? '' : `; ${mend}`}\n`
}
