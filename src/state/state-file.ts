import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from '../crc32.ts'
import { ConfigurationFailure } from '../failure.ts'
import { writeDurably } from './durable.ts'
import { codeOf, outputFailure } from './output-failure.ts'
import { readText } from './read-text.ts'

/** Raised whenever an older program could misread the payload. */
const STATE_SCHEMA = 1

/** Whose state it is: another site's or pump's is never continued. */
export interface StateOwner {
  readonly siteId: number
  readonly pumpId: number
}

export type LoadedState<T> =
  | { readonly kind: 'fresh'; readonly payload: null; readonly note: string | null }
  | { readonly kind: 'loaded'; readonly payload: T; readonly note: null }
  /** The newest generation was damaged or missing: the one before it, and a note that says so. */
  | { readonly kind: 'previous'; readonly payload: T; readonly note: string }

const CURRENT = 'state.json'
const PREVIOUS = 'state.previous.json'
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
const HEADER = /^\{"schema_version":(\d{1,9}),"site_id":(\d{1,16}),"pump_id":(\d{1,16}),"crc32":"([0-9a-f]{8})","payload":/

/**
 * The state that the last run left. The program wrote it itself and its checksum fits, so the payload is taken as `T`.
 * Throws ConfigurationFailure (exit 78) for the state of a newer program or of another pump, and OutputFailure
 * (exit 73) when a file is there and cannot be read: starting afresh would then forget what the disk may still know.
 */
export function loadState<T>(directory: string, owner: StateOwner): LoadedState<T> {
  const current = read(join(directory, CURRENT))
  if (current.kind === 'sound') return { kind: 'loaded', payload: payloadOf<T>(current, directory, owner), note: null }
  const previous = read(join(directory, PREVIOUS))
  if (previous.kind === 'sound') {
    const payload = payloadOf<T>(previous, directory, owner)
    return {
      kind: 'previous',
      payload,
      note: `${join(directory, CURRENT)} is ${current.kind}; went on from the run before the last`,
    }
  }
  if (current.kind === 'missing' && previous.kind === 'missing') return { kind: 'fresh', payload: null, note: null }
  const note = `${join(directory, CURRENT)} is ${current.kind} and the generation before it ${previous.kind}; started with an empty history`
  return { kind: 'fresh', payload: null, note }
}

/** Replaces the state durably and keeps the generation before it. Throws OutputFailure. */
export function saveState(directory: string, owner: StateOwner, payload: unknown): void {
  const path = join(directory, CURRENT)
  // A damaged generation must not push out the sound one before it.
  if (read(path).kind === 'sound') keepPrevious(directory, path)
  const text = JSON.stringify(payload)
  const head = `{"schema_version":${STATE_SCHEMA},"site_id":${owner.siteId},"pump_id":${owner.pumpId}`
  writeDurably(path, `${head},"crc32":"${checksumOf(head, text)}","payload":${text}}\n`, { mode: 0o600 })
}

interface SoundState {
  readonly kind: 'sound'
  readonly schema: number
  readonly owner: StateOwner
  readonly text: string
}

function read(path: string): SoundState | { readonly kind: 'missing' | 'damaged' } {
  let text: string
  try {
    text = readText(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' }
    throw outputFailure(path, 'read the state', error)
  }
  const header = HEADER.exec(text)
  if (header === null || !text.endsWith('}\n')) return { kind: 'damaged' }
  const [whole, schema, siteId, pumpId, checksum] = header
  const payload = text.slice(whole.length, -2)
  const head = whole.slice(0, whole.indexOf(',"crc32"'))
  // The checksum covers the header as well, or a flipped digit of the version would look like a newer program.
  if (checksumOf(head, payload) !== checksum) return { kind: 'damaged' }
  return { kind: 'sound', schema: Number(schema), owner: { siteId: Number(siteId), pumpId: Number(pumpId) }, text: payload }
}

function payloadOf<T>(state: SoundState, directory: string, owner: StateOwner): T {
  if (state.schema > STATE_SCHEMA) {
    throw new ConfigurationFailure({
      where: directory,
      what: `the state was written by a newer program (state version ${state.schema}, this one knows ${STATE_SCHEMA})`,
      mend: 'use the newer program, or give this one a directory of its own with --state-dir',
    })
  }
  if (state.owner.siteId !== owner.siteId || state.owner.pumpId !== owner.pumpId) {
    throw new ConfigurationFailure({
      where: directory,
      what: `the state belongs to pump ${state.owner.pumpId} of site ${state.owner.siteId}, and this program is for pump ${owner.pumpId} of site ${owner.siteId}`,
      mend: `give this pump a directory of its own: --state-dir ${directory}-site-${owner.siteId}-pump-${owner.pumpId}`,
    })
  }
  return JSON.parse(state.text) as T
}

function checksumOf(head: string, payload: string): string {
  return crc32(Buffer.from(`${head}\n${payload}`))
    .toString(16)
    .padStart(8, '0')
}

function keepPrevious(directory: string, path: string): void {
  const previous = join(directory, PREVIOUS)
  const temporary = join(directory, `.${PREVIOUS}.${process.pid}.tmp`)
  try {
    unlinkIfThere(temporary)
    linkSync(path, temporary)
    renameSync(temporary, previous)
    // Renaming one name of a file over another name of the same file does nothing and leaves both.
    unlinkIfThere(temporary)
  } catch (error) {
    // File systems without hard links (a FAT memory card): a moment without a current generation, never without both.
    if (NO_HARD_LINKS.includes(codeOf(error) ?? '')) moveAside(path, previous)
    else throw outputFailure(previous, 'keep the previous state', error)
  }
}

function moveAside(path: string, previous: string): void {
  try {
    renameSync(path, previous)
  } catch (error) {
    throw outputFailure(previous, 'keep the previous state', error)
  }
}

function unlinkIfThere(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path)
}
