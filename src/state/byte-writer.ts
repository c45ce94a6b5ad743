import { writeSync } from 'node:fs'
import { codeOf } from './output-failure.ts'

const CHUNK = 65_536
/** Text is encoded in pieces of some lines: each encoding costs more than a line, and text that waits is copied about. */
const TEXT = 4096

/** Collects small pieces into larger writes, and finishes the short ones. */
export interface ByteWriter {
  readonly write: (data: string | Uint8Array) => void
  readonly flush: () => void
  /** Bytes that the system took so far. */
  readonly written: () => number
}

export function createByteWriter(fd: number): ByteWriter {
  let pending: Uint8Array[] = []
  let size = 0
  /** What comes after `pending`. */
  let text = ''
  let written = 0
  const encodeText = () => {
    if (text === '') return
    pending.push(Buffer.from(text))
    text = ''
  }
  const flush = () => {
    encodeText()
    const bytes = Buffer.concat(pending)
    pending = []
    size = 0
    let offset = 0
    while (offset < bytes.length) offset += writeSome(fd, bytes, offset)
    written += bytes.length
  }
  return {
    write: (data) => {
      if (typeof data === 'string') {
        text += data
        if (text.length >= TEXT) encodeText()
      } else {
        encodeText()
        pending.push(data)
      }
      size += data.length
      if (size >= CHUNK) flush()
    },
    flush,
    written: () => written,
  }
}

/** A pipe whose reader is slow may be set to answer EAGAIN instead of blocking: wait and ask again. */
function writeSome(fd: number, bytes: Uint8Array, offset: number): number {
  try {
    return writeSync(fd, bytes, offset)
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    return 0
  }
}
