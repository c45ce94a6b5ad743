import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 65_536

/** The lines of a UTF-8 file without their ends, in bounded memory. */
export function* linesOf(path: string): Generator<string> {
  const fd = openSync(path, 'r')
  try {
    // Loaded with the first file that is read so, which few runs do.
    const { StringDecoder } = process.getBuiltinModule('node:string_decoder')
    const decoder = new StringDecoder('utf8')
    const chunk = Buffer.alloc(CHUNK_BYTES)
    let rest = ''
    for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    rest += decoder.end()
    if (rest !== '') yield rest
  } finally {
    closeSync(fd)
  }
}
