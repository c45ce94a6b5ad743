import { spawn } from 'node:child_process'

export interface ProgramOptions {
  readonly args?: readonly string[]
  /** Instead of this process's environment, not on top of it. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
}

export interface ProgramOutcome {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function runProgram(file: string, { args = [], env, cwd, input }: ProgramOptions = {}): Promise<ProgramOutcome> {
  return await new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: 'pipe' })
    const text = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...text }))
    // A program may end before it has read its input; how it ended says whether that was right.
    child.stdin.on('error', () => undefined).end(input)
  })
}
