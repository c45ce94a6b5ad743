import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from './root.ts'

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
}

const unmet: string[] = []

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Says whether an expectation is met, and remembers when it is not. */
export function expectThat(met: boolean, sentence: string): void {
  say(`   ${met ? '✓' : '✗ NOT MET:'} ${sentence}`)
  if (!met) unmet.push(sentence)
}

export function unmetExpectations(): readonly string[] {
  return unmet
}

/** Runs a program to its end; what it prints is shown as it comes, indented. */
export async function call(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`
    say(`     ${line}`)
  })
  createInterface({ input: child.stderr }).on('line', (line) => say(`     ${line}`))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout }
}

const CLI = join(ROOT, 'src', 'cli.ts')

/** The workstation program, as a user runs it. */
export async function pumpMonitor(args: readonly string[]): Promise<Ended> {
  return await call(process.execPath, [CLI, ...args])
}

/** The reference API as a process of its own. */
export interface DemoApi {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Starts the API; `port` 0 takes a free one. */
export async function startDemoApi(tokenFile: string, database: string, port: string): Promise<DemoApi> {
  const args = [CLI, 'serve', '--token-file', tokenFile, '--db', database, '--port', port]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [null])])
  const url = (first as (string | null)[])[0]
  if (typeof url !== 'string') throw new Error('the API did not start')
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return { url, stop }
}

/** Makes a token for the API, which is printed nowhere. */
export async function newToken(tokenFile: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'serve', '--token-file', tokenFile, '--new-token', 'demo'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let token = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    token += chunk
  })
  await once(child, 'close')
  return token.trim()
}
