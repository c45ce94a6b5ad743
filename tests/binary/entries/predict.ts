import { text } from 'node:stream/consumers'
import { loadNative } from '../../../src/bundle/native.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { reasonOf } from '../../../src/failure.ts'
import { predictionOf } from '../../../src/model/answer.ts'
import type { ModelMetadata } from '../../../src/model/metadata.ts'
import { openSession } from '../../../src/model/session.ts'

/**
 * What the device program does with its bundle and its native libraries, and nothing else: `predict STATE_DIR ROW…`
 * opens the bundle, loads ONNX Runtime, asks the model about each row (numbers with commas between) and prints JSON.
 * `predict STATE_DIR die` is killed between loading and the first prediction; `predict STATE_DIR wait` waits for the
 * end of its input before it opens its bundle, and prints the manifest.
 */
const [stateDirectory = '', ...rows] = process.argv.slice(2)

async function main(): Promise<unknown> {
  if (rows[0] === 'wait') await text(process.stdin)
  const bundle = openBundle()
  if (rows[0] === 'wait') return bundle.manifest
  const native = await loadNative(stateDirectory, () => undefined)
  if (native.kind === 'unavailable') return { pump: bundle.manifest.pump, reason: native.reason }
  if (rows[0] === 'die') process.kill(process.pid, 'SIGKILL')
  const metadata = bundle.json<ModelMetadata>('model/metadata.json')
  const session = await openSession(native.ort, bundle.read('model/model.onnx'), metadata)
  const values = Float32Array.from(rows.flatMap((row) => row.split(',').map(Number)))
  const output = await session.run(values, rows.length)
  native.confirm()
  return { pump: bundle.manifest.pump, predictions: rows.map((_, index) => predictionOf(output, index, metadata)) }
}

main().then(
  (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`),
  (error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`)
    process.exitCode = typeof error === 'object' && error !== null && 'exitCode' in error ? Number(error.exitCode) : 70
  },
)
