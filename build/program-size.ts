import { bundleJs, DEVICE_PROGRAM } from './bundle-js.ts'

/** A device parses what it runs at every start: above this the program is no longer small [bytes]. Ours. */
const MOST_BYTES = 200_000

const { size, parts, pieces } = await bundleJs(DEVICE_PROGRAM, '0.0.0')
const row = (bytes: number, what: string) => process.stdout.write(`${String(bytes).padStart(8)}  ${what}\n`)
for (const [name, bytes] of parts.slice(0, 12)) row(bytes, name)
row(size, `in all, in ${Object.keys(pieces).length} pieces; at most ${MOST_BYTES}`)
if (size > MOST_BYTES) {
  process.stderr.write('the device program is too large: take out of it what a run does not need\n')
  process.exitCode = 1
}
