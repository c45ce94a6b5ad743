import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireOrSkip } from '../require.ts'

/** Debian keeps the server's programs off the PATH, one folder per version. */
const programs =
  globSync('/usr/lib/postgresql/*/bin')
    .sort()
    .findLast((folder) => existsSync(join(folder, 'initdb'))) ?? null

export const hasPostgres = requireOrSkip(programs !== null, 'apt-get install postgresql')

export interface Postgres {
  /** The address of an empty database. */
  readonly url: string
  /** Ends the server at once, without a checkpoint, as a crash would. */
  halt(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL of the test's own: new files, a socket in their folder, no port. */
export async function startPostgres(): Promise<Postgres> {
  if (programs === null) throw new Error('there is no PostgreSQL')
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const data = join(folder, 'data')
  const user = otherUser()
  if (user !== null) chownSync(folder, user.uid, user.gid)
  const as = user === null ? {} : { uid: user.uid, gid: user.gid }
  // No sync while the empty cluster is made; the server itself syncs.
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'tester', '-E', 'UTF8', '--no-sync'], {
    ...as,
    stdio: 'pipe',
    cwd: folder,
  })

  const start = async () => {
    const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, '-h', ''], {
      ...as,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    for await (const chunk of server.stderr.setEncoding('utf8')) {
      said += chunk
      if (said.includes('ready to accept connections')) break
    }
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`PostgreSQL did not start: ${said}`)
    return server
  }
  let server = await start()
  const halt = async () => {
    server.kill('SIGQUIT')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
  return {
    url: `postgres:///postgres?host=${encodeURIComponent(folder)}&user=tester`,
    halt,
    start: async () => {
      server = await start()
    },
    stop: async () => {
      await halt()
      rmSync(folder, { recursive: true })
    },
  }
}

/** PostgreSQL refuses to run as root; Debian's package makes a user for it. Null: this user will do. */
function otherUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
