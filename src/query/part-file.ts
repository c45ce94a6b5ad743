import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { InputFailure, OutputFailure, reasonOf } from '../failure.ts'
import { syncDirectory, writeDurably } from '../state/durable.ts'

const progressSchema = z.strictObject({
  /** What was asked for; only the same question can go on. */
  question: z.string(),
  from_ms: z.nullable(z.number()),
  to_ms: z.nullable(z.number()),
  /** Of the file, up to here it is whole. */
  bytes: z.number(),
  rows: z.number(),
  /** Ids with their times at the end of what is written. */
  known: z.array(z.tuple([z.string(), z.number()])),
})

/** How far an export came. */
export type ExportProgress = z.infer<typeof progressSchema>

/** A file that grows beside its target, can be left and taken up again, and takes the target's place when it is whole. */
export interface PartFile {
  readonly write: (text: string) => void
  readonly bytes: () => number
  /** What was written so far is on the disk, with the note of how far it came. */
  readonly note: (progress: ExportProgress) => void
  /** The whole file is on the disk under its own name. */
  readonly finish: () => void
  readonly close: () => void
}

/** Where an export to FILE keeps its unfinished part and the note beside it. */
export function partNames(file: string): { readonly part: string; readonly note: string } {
  return { part: `${file}.part`, note: `${file}.part.json` }
}

/** The export's target with links resolved, or null for what is no regular file: that is written directly. */
export function regularTarget(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return file
  return found.isFile() ? realpathSync(file) : null
}

/** How far an interrupted export to `file` came; null when there is none. Throws InputFailure for a note that is none. */
export function readProgress(file: string): ExportProgress | null {
  const { part, note } = partNames(file)
  if (!existsSync(part)) return null
  try {
    const progress = progressSchema.parse(JSON.parse(readFileSync(note, 'utf8')))
    const { size } = statSync(part)
    if (size < progress.bytes) throw new Error(`${part} has ${size} of ${progress.bytes} bytes`)
    return progress
  } catch (error) {
    const what = `the interrupted export cannot be taken up (${reasonOf(error)})`
    throw new InputFailure({ where: part, what, mend: `remove ${part} and begin anew`, cause: error })
  }
}

/** Opens the part of `file`, after `bytes` of it; every method throws OutputFailure (exit 73). */
export function openPart(file: string, bytes: number): PartFile {
  const { part, note } = partNames(file)
  const attempt = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      throw new OutputFailure({
        where: part,
        what: `cannot be written (${reasonOf(error)})`,
        mend: 'check the folder and its space',
        cause: error,
      })
    }
  }
  const fd = attempt(() => openSync(part, bytes === 0 ? 'w' : 'r+'))
  let at = bytes
  let open = true
  attempt(() => ftruncateSync(fd, bytes))
  const close = () => {
    if (open) closeSync(fd)
    open = false
  }
  return {
    write: (text) =>
      attempt(() => {
        const data = Buffer.from(text)
        for (let done = 0; done < data.length; ) done += writeSync(fd, data, done, data.length - done, at + done)
        at += data.length
      }),
    bytes: () => at,
    note: (progress) => {
      attempt(() => fsyncSync(fd))
      writeDurably(note, JSON.stringify(progress))
    },
    finish: () =>
      attempt(() => {
        keepOwner(fd, file)
        fsyncSync(fd)
        close()
        renameSync(part, file)
        syncDirectory(dirname(file))
        if (existsSync(note)) unlinkSync(note)
      }),
    close,
  }
}

/** A file that was there keeps its permissions, and as far as we may give it away its owner. */
function keepOwner(fd: number, file: string): void {
  const before = statSync(file, { throwIfNoEntry: false })
  if (before === undefined) return
  fchmodSync(fd, before.mode & 0o7777)
  if (process.geteuid?.() === 0) fchownSync(fd, before.uid, before.gid)
}
