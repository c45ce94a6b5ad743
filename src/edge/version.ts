import { openBundle } from '../bundle/open.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../failure.ts'

const HELP = `Says which pump this executable is for and which versions it is made of.

usage: --version

exit status: 0 done; 78 the executable carries no pump
`

export const versionCommand: Command = {
  help: HELP,
  run: async (_, io) => {
    const { pump, artifact_version, runtime_version, target } = openBundle(undefined, 'used').manifest
    io.stdout(`${pump} ${artifact_version} (pump-monitor ${runtime_version}, ${target})\n`)
    return EXIT.ok
  },
}
