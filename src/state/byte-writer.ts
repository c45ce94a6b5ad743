import { writeSync } from 'node:fs'
import { codeOf } from './output-failure.ts'

const CHUNK = 65_536
/** Text is encoded in pieces of some lines: each encoding costs more than a line, and text that waits is copied about. */
const TEXT = 4096
/** The most bytes that a character of a string takes in UTF-8. */
const MOST_BYTES = 3

/** Collects small pieces into larger writes, and finishes the short ones. */
export interface ByteWriter {
  readonly write: (data: string | Uint8Array) => void
  readonly flush: () => void
  /** Bytes that the system took so far. */
  readonly written: () => number
}

export function createByteWriter(fd: number): ByteWriter {
  const chunk = Buffer.allocUnsafe(2 * CHUNK)
  let used = 0
  /** What comes after the chunk. */
  let text = ''
  let written = 0
  const writeAll = (bytes: Uint8Array) => {
    let offset = 0
    while (offset < bytes.length) offset += writeSome(fd, bytes, offset)
    written += bytes.length
  }
  const writeUsed = () => {
    writeAll(chunk.subarray(0, used))
    used = 0
  }
  /** Whole chunks: the system takes twice as long for what does not begin and end with its own pages. */
  const writeChunk = () => {
    writeAll(chunk.subarray(0, CHUNK))
    chunk.copyWithin(0, CHUNK, used)
    used -= CHUNK
  }
  const added = (bytes: number) => {
    used += bytes
    if (used >= CHUNK) writeChunk()
  }
  const append = (data: Uint8Array) => {
    if (data.length > CHUNK) {
      writeUsed()
      writeAll(data)
    } else {
      chunk.set(data, used)
      added(data.length)
    }
  }
  const encodeText = () => {
    if (text.length * MOST_BYTES > CHUNK) append(Buffer.from(text))
    else added(chunk.write(text, used))
    text = ''
  }
  return {
    write: (data) => {
      if (typeof data === 'string') {
        text += data
        if (text.length >= TEXT) encodeText()
        return
      }
      encodeText()
      append(data)
    },
    flush: () => {
      encodeText()
      writeUsed()
    },
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
