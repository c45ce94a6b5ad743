import { Buffer } from 'node:buffer'
import childProcess, { type ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createSearch, searchFiles } from './search.ts'

/*
 * Runs before every file of tests, in its process. Whatever the tests start and however they do, what it prints is
 * searched on its way, and what they remove is searched before it goes; they need not do anything for it.
 */

subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess }
  child.once('spawn', () => {
    for (const name of ['stdout', 'stderr'] as const) watch(child[name], `${name} of ${basename(child.spawnfile)}`)
  })
})

/** A listener would make the stream flow before the test reads it. */
function watch(stream: Readable | null, where: string): void {
  if (stream === null) return
  const search = createSearch(where)
  const push = stream.push.bind(stream)
  stream.push = (chunk, encoding) => {
    if (chunk !== null) search(Buffer.from(chunk))
    return push(chunk, encoding)
  }
}

/** What a program that is waited for printed: as such, in a result, or in the error that says how it failed. */
function searchOutcome(where: string, outcome: unknown): void {
  if (typeof outcome === 'string') createSearch(where)(Buffer.from(outcome))
  else if (outcome instanceof Uint8Array) createSearch(where)(outcome)
  else if (typeof outcome === 'object' && outcome !== null) {
    if ('stdout' in outcome) searchOutcome(`stdout of ${where}`, outcome.stdout)
    if ('stderr' in outcome) searchOutcome(`stderr of ${where}`, outcome.stderr)
  }
}

for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
  const original = childProcess[name] as (program: string, ...rest: unknown[]) => unknown
  const watched = (program: string, ...rest: unknown[]) => {
    const where = basename(program.split(' ')[0] ?? '')
    try {
      const outcome = original(program, ...rest)
      searchOutcome(where, outcome)
      return outcome
    } catch (error) {
      searchOutcome(where, error)
      throw error
    }
  }
  Object.assign(childProcess, { [name]: watched })
}

const remove = fs.rmSync
fs.rmSync = (path, options) => {
  searchFiles(String(path))
  remove(path, options)
}

syncBuiltinESMExports()
