import { readdirSync } from 'node:fs'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { PARAMETERS, QUANTITIES } from '../pump/quantities.ts'
import { otherStateDirectories, stateDirectories, stateLayout } from '../state/directory.ts'
import { COMMON_HELP, COMMON_OPTIONS, commonOptions } from './options.ts'
import { directoryHints } from './place.ts'
import { basisOf, openProgram, type Program } from './program.ts'
import { worldOf } from './world.ts'

const HELP = `Says what is embedded and where the state is kept. Changes nothing.

usage: info [--json] [options]

options:
${COMMON_HELP}
  --json                     for a program

exit status: 0 done; 64 wrong use; 78 configuration

example:
  info
`

export const infoCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions('info', argv, { ...COMMON_OPTIONS, json: { type: 'boolean', default: false } })
    if (positionals.length > 0) throw new UsageFailure({ where: 'info', what: 'takes no input', mend: 'see info --help' })
    const common = commonOptions('info', values)
    const world = worldOf(io)
    const program = openProgram(common.overlay, world.cwd, 'all')
    const hints = directoryHints(program, common.stateDir, world)
    const [inForce] = stateDirectories(hints)
    const facts = factsOf(program, {
      path: inForce.path,
      because: inForce.because,
      others: otherStateDirectories(hints).map(({ path }) => path),
      waiting: countJson(stateLayout(inForce.path).unsent),
      rejected: countJson(stateLayout(inForce.path).rejected),
    })
    io.stdout(values.json ? `${JSON.stringify(facts, null, 2)}\n` : inWords(facts))
    return EXIT.ok
  },
}

interface StateFacts {
  readonly path: string
  readonly because: string
  readonly others: readonly string[]
  readonly waiting: number
  readonly rejected: number
}

type Facts = ReturnType<typeof factsOf>

/** Everything that a person may ask of the executable; never a token. */
function factsOf({ manifest, deployment, baseline, grade, model }: Program, state: StateFacts) {
  const { pump, artifact_version, runtime_version, target, build_time } = manifest
  const { flow_m3h: flow, head_m: head, power_kw: power, efficiency_percent: efficiency } = baseline
  return {
    pump,
    artifact_version,
    runtime_version,
    target,
    build_time,
    site_id: deployment.site_info.site_id,
    pump_id: deployment.site_info.pump_id,
    grade: { name: grade.name, reason: grade.reason, bounds: grade.bounds },
    basis: basisOf(baseline, grade),
    baseline: { flow, head, power, efficiency, stated_efficiency: baseline.stated_efficiency_percent, date: baseline.date },
    model:
      model === null
        ? null
        : {
            name: model.metadata.name,
            version: model.metadata.version,
            kind: model.metadata.kind,
            classes: model.metadata.classes,
            sha256: model.metadata.sha256,
          },
    api: deployment.api.base_url,
    state,
  }
}

function inWords(facts: Facts): string {
  const { baseline, grade, model, state } = facts
  const duty = PARAMETERS.flatMap((name) => {
    const value = baseline[name]
    const { min, max } = grade.bounds[name] ?? { min: null, max: null }
    if (value === null) return []
    const bounds = min === null && max === null ? 'no limit' : `${min ?? '−∞'} to ${max === null ? '+∞' : `+${max}`} %`
    return [`  ${name.padEnd(10)} ${value.toFixed(2).padStart(8)} ${QUANTITIES[name].unit.padEnd(5)} ${bounds}`]
  })
  const rows: [string, string][] = [
    [
      'artifact',
      `${facts.artifact_version}, built ${facts.build_time} for ${facts.target} with runtime ${facts.runtime_version}`,
    ],
    ['site, pump', `${facts.site_id}, ${facts.pump_id}`],
    ['grade', `${grade.name} (${grade.reason})`],
    ['compared with', facts.basis],
    ['model', model === null ? 'none' : `${model.name} ${model.version}, ${model.kind}: ${model.classes.join(', ')}`],
    ['API', facts.api ?? 'none: anomalies wait in the spool'],
    ['state', `${state.path} (${state.because})`],
    ...state.others.map((path): [string, string] => ['also found', path]),
    ['waiting', `${state.waiting} to be sent, ${state.rejected} refused by the API`],
  ]
  const body = rows.map(([name, value]) => `${name.padEnd(14)} ${value}\n`).join('')
  return `${facts.pump}\n\n${body}\nbaseline, and how far readings may deviate from it:\n${duty.join('\n')}\n`
}

function countJson(folder: string): number {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json')).length
  } catch {
    return 0
  }
}
