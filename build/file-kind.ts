import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { ConfigurationFailure, reasonOf } from '../src/failure.ts'

/** Whether a file starts as a ZIP does; an executable with a ZIP behind it does not. Throws a ConfigurationFailure. */
export async function isZip(path: string): Promise<boolean> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      return bytesRead === 2 && buffer.toString('latin1') === 'PK'
    } finally {
      await file.close()
    }
  } catch (error) {
    const mend = 'name an artifact or an executable that this user can read'
    throw new ConfigurationFailure({ where: path, what: `cannot be read (${reasonOf(error)})`, mend, cause: error })
  }
}

/** SHA-256, hex. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
