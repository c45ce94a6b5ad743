import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { EXIT, UsageFailure } from '../src/failure.ts'
import { type Check, type CheckList, checkList } from './check-list.ts'
import { CHECKSUMS, parseChecksums, SIGNATURE } from './checksums.ts'
import { hashOfFile, isZip } from './file-kind.ts'
import { type VerifyingKey, verifyingKey } from './signature.ts'
import { signatureFinding, verifyArtifact } from './verify-artifact.ts'
import { verifyExecutable } from './verify-executable.ts'

const HELP = `Checks an artifact or an executable again: every byte, what it means, who built it. One line for each check.

usage: pump-monitor verify FILE [options]

  FILE               the ZIP, or an executable; beside an executable, SHA256SUMS and SHA256SUMS.sig are taken into account
  --key FILE         public key in PEM; what it did not sign fails then
  --json             for a program

exit status: 0 all is well; 64 wrong use; 78 something is not, or it cannot be read

example:
  pump-monitor verify artifacts/well1_v1.0.0.zip --key pump-monitor.pub
`

const PROGRAM = 'pump-monitor verify'

export const verifyCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const options = { key: { type: 'string' }, json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseOptions(PROGRAM, argv, options)
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) {
      const what = file === undefined ? 'needs the file to check' : 'takes one file'
      throw new UsageFailure({ where: PROGRAM, what, mend: `see ${PROGRAM} --help` })
    }
    const path = resolve(io.cwd, file)
    const key = values.key === undefined ? null : verifyingKey(resolve(io.cwd, values.key))
    const list = checkList()
    if (await isZip(path)) await verifyArtifact(path, key, list)
    else if ((await verifyExecutable(path, list)) !== null) await verifyNeighbours(path, key, list)
    const isWell = list.checks.every(({ outcome }) => outcome !== 'failed')
    io.stdout(
      values.json ? `${JSON.stringify({ file: path, ok: isWell, checks: list.checks }, null, 2)}\n` : inWords(list.checks),
    )
    if (!isWell) io.stderr(`${PROGRAM}: ${file}: do not use it; take it again from where it was built\n`)
    return isWell ? EXIT.ok : EXIT.configuration
  },
}

/** An unpacked artifact has its checksums beside the executable. */
async function verifyNeighbours(path: string, key: VerifyingKey | null, { check }: CheckList): Promise<void> {
  const beside = async (name: string): Promise<Buffer | undefined> =>
    await readFile(join(dirname(path), name)).catch(() => undefined)
  const [sums, signature] = [await beside(CHECKSUMS), await beside(SIGNATURE)]
  const listed = sums === undefined ? null : (parseChecksums(sums.toString())?.[basename(path)] ?? null)
  await check('checksums', async () => {
    if (listed === null) return { skipped: `no ${CHECKSUMS} beside it lists it` }
    return (await hashOfFile(path)) === listed ? `as ${CHECKSUMS} says` : { failed: `it is not as ${CHECKSUMS} says` }
  })
  await check('signature', () => signatureFinding(listed === null ? undefined : sums, signature, key))
}

const MARKS = { ok: 'ok', failed: 'FAILED', skipped: '-' } as const

function inWords(checks: readonly Check[]): string {
  return checks.map(({ name, outcome, detail }) => `${MARKS[outcome].padEnd(7)}${name.padEnd(10)}${detail}\n`).join('')
}
