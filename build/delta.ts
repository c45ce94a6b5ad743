import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openBundle } from '../src/bundle/open.ts'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { ConfigurationFailure, EXIT, UsageFailure } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import { hashOfFile } from './file-kind.ts'

const HELP = `Writes what turns one version of an executable into another, where both have the same program: the new one's
bundle, which is all that differs. The device needs head, cat and sha256sum for it.

usage: pump-monitor delta OLD NEW --output FILE

  OLD, NEW           executables
  --output FILE      what is to travel

It prints the commands for the device. Where the program differs too, it says so and writes nothing; build/README.md
tells what to do then.

exit status: 0 done; 64 wrong use; 73 the output cannot be written; 78 there is no such delta

example:
  pump-monitor delta artifacts/well1_v1.0.0 artifacts/well1_v1.1.0 --output well1_v1.1.0.delta
`

const PROGRAM = 'pump-monitor delta'

export const deltaCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, { output: { type: 'string' } })
    const [from, to, ...more] = positionals
    if (from === undefined || to === undefined || more.length > 0 || values.output === undefined) {
      const what = values.output === undefined ? '--output is missing' : 'takes two executables'
      throw new UsageFailure({ where: PROGRAM, what, mend: `see ${PROGRAM} --help` })
    }
    const path = (file: string): string => resolve(io.cwd, file)
    const [older, newer] = [openBundle(path(from)), openBundle(path(to))]
    if (older.manifest.runtime_sha256 !== newer.manifest.runtime_sha256) {
      const what = `has another program inside than ${from} (${newer.manifest.runtime_version}, ${older.manifest.runtime_version})`
      throw new ConfigurationFailure({ where: to, what, mend: 'send it whole, or as build/README.md says under Deltas' })
    }
    const output = path(values.output)
    const unfinished = `${output}.${process.pid}.tmp`
    const { offset } = newer.trailer
    try {
      const file = await open(unfinished, 'w')
      await pipeline(createReadStream(path(to), { start: offset }), file.createWriteStream({ flush: true }))
      await rename(unfinished, output)
    } catch (error) {
      throw outputFailure(output, 'write the delta', error)
    } finally {
      await rm(unfinished, { force: true })
    }
    const { size, mode } = { size: (await stat(output)).size, mode: (await stat(path(to))).mode & 0o777 }
    const [old, name, delta] = [basename(from), basename(to), basename(output)].map(quoted)
    const line = quoted(`${await hashOfFile(path(to))}  ${basename(to)}`)
    io.stdout(`${values.output}: ${(size / 1e6).toFixed(2)} MB. On the device, in the folder of ${old}:

  (head -c ${offset} ${old} && cat ${delta}) > ${name}
  echo ${line} | sha256sum -c && chmod ${mode.toString(8)} ${name}
`)
    return EXIT.ok
  },
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
