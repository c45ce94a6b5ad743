import { Buffer } from 'node:buffer'
import { appendFileSync, closeSync, lstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { LONGEST_FORM, tokenFormIn } from './token.ts'

/** Folder of this run of the tests: `tmp/` in it is TMPDIR of everything, `leaks` says what was found. */
export const RUN_FOLDER = 'PUMP_MONITOR_TEST_RUN'

/** Of a larger file only so much of its end: an executable begins with the runtime that all pumps share. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * What has the purpose to hold a token: its file, systemd's credential, what is made for and by --embed-token, and
 * strace's log of what a program sends to the API.
 */
const HOLDER = /\/(?:token|anomaly_api_token|with-token|with-token\.json|pump-monitor-trace-\w+\/log)$/

/** What a test prints or logs without a process of its own: searched like the output of every program that it starts. */
export function searchOutput(where: string, text: string): void {
  createSearch(where)(Buffer.from(text))
}

/** Takes an output piece by piece. */
export function createSearch(where: string): (piece: Uint8Array) => void {
  let end: Buffer = Buffer.alloc(0)
  return (piece) => {
    const bytes = Buffer.concat([end, piece])
    note(where, tokenFormIn(bytes))
    end = bytes.subarray(-LONGEST_FORM)
  }
}

/** Every file below a path, their names too; links are not followed, and other file systems are left out. */
export function searchFiles(path: string, device = statsOf(path)?.dev): void {
  note(`the name of a file in ${basename(join(path, '..'))}`, tokenFormIn(Buffer.from(basename(path))))
  const stats = statsOf(path)
  if (stats?.dev !== device || HOLDER.test(path)) return
  if (stats?.isDirectory() === true) {
    for (const name of namesIn(path)) searchFiles(join(path, name), device)
  } else if (stats?.isFile() === true) {
    note(path, tokenFormIn(endOf(path, stats.size)))
  }
}

/** The place and the form; never the token, since whoever reads the leaks would leak it once more. */
function note(where: string, form: string | null): void {
  const folder = process.env[RUN_FOLDER]
  if (form !== null && folder !== undefined) appendFileSync(join(folder, 'leaks'), `${where}: a token ${form}\n`)
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** None where it cannot be read: tests take permissions away, and servers remove their files meanwhile. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function endOf(path: string, size: number): Buffer {
  const bytes = Buffer.alloc(Math.min(size, MOST_BYTES))
  try {
    const fd = openSync(path, 'r')
    readSync(fd, bytes, 0, bytes.length, Math.max(0, size - bytes.length))
    closeSync(fd)
    return bytes
  } catch {
    return Buffer.alloc(0)
  }
}
