import { join } from 'node:path'
import { ConfigurationFailure, type FailureText, failureLine, isFailure, reasonOf } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import { buildPump, type Workshop } from './build-pump.ts'
import { bundleEntries } from './bundle-entries.ts'
import { bundleHash, bundleZip } from './bundle-zip.ts'
import { hashOfFile } from './file-kind.ts'
import type { FleetPump } from './fleet-file.ts'
import type { IndexEntry } from './fleet-index.ts'
import { type PumpInputs, readInputs } from './inputs.ts'

/** What became of one pump. */
export type PumpOutcome =
  | { readonly kind: 'built' | 'kept'; readonly pump: FleetPump; readonly entry: IndexEntry; readonly seconds: number }
  /** Its inputs are wrong. */
  | { readonly kind: 'broken'; readonly pump: FleetPump; readonly problems: readonly FailureText[] }
  /** It could not be written. */
  | { readonly kind: 'failed'; readonly pump: FleetPump; readonly reason: string }

export type Validated =
  | { readonly kind: 'sound'; readonly warnings: readonly string[] }
  | { readonly kind: 'broken'; readonly problems: readonly FailureText[] }

/** Reads and checks a pump's inputs and lets them go again, so that memory does not grow with the fleet. */
export async function validatePump({ inputs }: FleetPump): Promise<Validated> {
  try {
    return { kind: 'sound', warnings: (await readInputs(inputs)).warnings }
  } catch (error) {
    return { kind: 'broken', problems: problemsOf(error, inputs.pump) }
  }
}

/** Builds a pump into a folder; with an entry of an earlier run, only when anything differs from it. Never throws. */
export async function buildFleetPump(
  pump: FleetPump,
  directory: string,
  workshop: Workshop,
  earlier: IndexEntry | null,
): Promise<PumpOutcome> {
  const start = performance.now()
  const seconds = (): number => (performance.now() - start) / 1000
  let inputs: PumpInputs
  try {
    inputs = await readInputs(pump.inputs)
  } catch (error) {
    return { kind: 'broken', pump, problems: problemsOf(error, pump.inputs.pump) }
  }
  try {
    if (earlier !== null && (await isUpToDate(pump, inputs, directory, workshop, earlier))) {
      return { kind: 'kept', pump, entry: earlier, seconds: seconds() }
    }
    const executable = join(directory, pump.file)
    const { artifact, ...built } = await buildPump(inputs, { version: pump.version, executable }, workshop)
    const entry: IndexEntry = {
      pump: pump.inputs.pump,
      slug: pump.slug,
      version: pump.version,
      file: pump.file,
      size: built.executable.size,
      sha256: built.executable.sha256,
      artifact: artifact === null ? null : { file: `${pump.file}.zip`, size: artifact.size, sha256: artifact.sha256 },
      build_time: workshop.buildTime.toISOString(),
      bundle_sha256: built.bundleSha256,
      key: workshop.key?.id ?? null,
    }
    return { kind: 'built', pump, entry, seconds: seconds() }
  } catch (error) {
    return { kind: 'failed', pump, reason: reasonOf(outputFailure(join(directory, pump.file), 'write it', error)) }
  }
}

/** Whether the files of an earlier run are there and are what would be built now, were it the time it was then. */
async function isUpToDate(
  pump: FleetPump,
  inputs: PumpInputs,
  directory: string,
  { runtime, key, zip }: Workshop,
  earlier: IndexEntry,
): Promise<boolean> {
  if (earlier.file !== pump.file || earlier.key !== (key?.id ?? null)) return false
  if ((earlier.artifact !== null) !== zip) return false
  const facts = { version: pump.version, buildTime: new Date(earlier.build_time), name: pump.file }
  const bundle = await bundleZip(bundleEntries(inputs, facts, runtime), runtime.size)
  if (bundleHash(bundle) !== earlier.bundle_sha256) return false
  const files = [earlier, ...(earlier.artifact === null ? [] : [earlier.artifact])]
  for (const { file, sha256 } of files) {
    const found = await hashOfFile(join(directory, file)).catch(() => null)
    if (found !== sha256) return false
  }
  return true
}

function problemsOf(error: unknown, pump: string): readonly FailureText[] {
  if (error instanceof ConfigurationFailure) return [error.text, ...error.others]
  return [isFailure(error) ? error.text : { where: pump, what: reasonOf(error), mend: 'report this' }]
}

/** One line for each mistake, with the pump that it is about. */
export function problemLines(pump: string, problems: readonly FailureText[]): string[] {
  return problems.map((problem) => `${pump}: ${failureLine(problem)}`)
}
