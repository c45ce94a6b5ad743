import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a program ended and what it said. */
export interface FinishedRun {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs any command line to its end. */
export async function finish([program = '', ...args]: readonly string[]): Promise<FinishedRun> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: plainEnvironment() })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { exitCode, signal, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') }
}

/** Without what makes Node itself read files, or change what it does. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...rest } = process.env
  return rest
}
