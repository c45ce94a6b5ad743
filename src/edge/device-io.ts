import { writeSync } from 'node:fs'
import type { CommandIo } from '../command.ts'

/**
 * The process as a command of the device sees it. A reader that goes away (`| head`) must not end a run that has
 * anomalies to keep, so what it no longer takes is dropped. Written without Node's streams, which take longer to load
 * than a short run to judge its readings.
 */
export function deviceIo({ cwd, env }: Pick<CommandIo, 'cwd' | 'env'>): CommandIo {
  return { stdout: (text) => writeAll(1, text), stderr: (text) => writeAll(2, text), cwd, env }
}

/** How long to wait for a reader that still holds what it was given before [ms]. */
const READER_WAIT_MS = 5

function writeAll(fd: number, text: string): void {
  let bytes: Uint8Array = Buffer.from(text)
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READER_WAIT_MS)
    }
  }
}
