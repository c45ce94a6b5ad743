import { join } from 'node:path'
import { reasonOf } from '../failure.ts'
import type { OnnxRuntime } from '../model/onnx-runtime.ts'
import { clearLoading, DEATHS_ALLOWED, deathsOf, LOADING_MARK, markLoading } from './loading-mark.ts'
import { ensureFiles, makePrivate, type Scrutiny } from './native-files.ts'
import { type NativeSource, ownNativeSource } from './native-source.ts'
import { addonAt, type OnnxAddon, onnxRuntimeOf } from './onnx-addon.ts'

/** ONNX Runtime, or why there is none; the tolerance check goes on without it. */
export type Native =
  | {
      readonly kind: 'loaded'
      readonly ort: OnnxRuntime
      /** Path of the addon, for another thread. */
      readonly addon: string
      /** To be called after the first prediction: the libraries have not ended the process, and are trusted from now on. */
      readonly confirm: () => void
    }
  | { readonly kind: 'unavailable'; readonly reason: string }

const ADDON = 'onnxruntime_binding.node'

/**
 * Loads ONNX Runtime. The executable extracts its own libraries to `<state>/native/<id>/` first, once. The state
 * directory must be there. Never throws. A half-written library does not fail to load, it ends the process: hence the
 * mark, and the hashing of everything when a mark is found. What could be the last words of this run, because earlier
 * ones ended here, is told to `warn` first.
 */
export async function loadNative(stateDirectory: string, warn: (message: string) => void): Promise<Native> {
  // Otherwise the library keeps a database of its use in the home directory, a log in /tmp, and sends both to its makers.
  // biome-ignore lint/style/noProcessEnv: read by the library, not by us
  process.env['ORT_DISABLE_TELEMETRY'] = '1'
  try {
    return await loadOwn(join(stateDirectory, 'native'), ownNativeSource(), warn)
  } catch (error) {
    return { kind: 'unavailable', reason: `ONNX Runtime cannot be loaded: ${reasonOf(error)}` }
  }
}

async function loadOwn(native: string, source: NativeSource, warn: (message: string) => void): Promise<Native> {
  const { id } = source.list
  const deaths = deathsOf(native, id)
  if (deaths >= DEATHS_ALLOWED) {
    const reason = `ONNX Runtime ended the program ${deaths} times in a row while it was loaded; run doctor to have it tried again`
    return { kind: 'unavailable', reason }
  }
  if (deaths > 0) {
    const last = deaths === 1 ? 'run' : `${deaths} runs`
    warn(
      `the last ${last} ended while loading ONNX Runtime, which is tried again; after ${DEATHS_ALLOWED} in a row, runs go on without it`,
    )
  }
  const wasOpen = makePrivate(native) === 'was open to others'
  const confirm = (): void => {
    try {
      clearLoading(native)
    } catch {
      // It cannot be written any more: the next run finds the mark, looks at the files closely, and goes on.
    }
  }
  // Whoever reaches the end of the program has survived, prediction or not.
  process.once('exit', confirm)
  try {
    // Before the files are looked at: a bad disk or a lack of memory can end the program there, too.
    markLoading(native, id, deaths + 1)
    const extract = (scrutiny: Scrutiny) => ensureFiles(native, source, scrutiny, [LOADING_MARK])
    const { folder, wrote } = await extract(deaths > 0 || wasOpen ? 'hashes' : 'sizes')
    const addon = join(folder, ADDON)
    const ort = onnxRuntimeOf(await loadAddon(addon, async () => !wrote && (await extract('hashes')).wrote))
    return { kind: 'loaded', ort, addon, confirm }
  } catch (error) {
    confirm()
    return { kind: 'unavailable', reason: `ONNX Runtime cannot be loaded: ${explain(reasonOf(error), native)}` }
  }
}

/** Loads the addon, and once more if the first try fails and `repair` finds something to repair. */
async function loadAddon(path: string, repair: () => Promise<boolean>): Promise<OnnxAddon> {
  keepFreedMemory()
  try {
    return addonAt(path)
  } catch (error) {
    if (!(await repair())) throw error
    return addonAt(path)
  }
}

/** The most for which glibc follows a program's habits (`DEFAULT_MMAP_THRESHOLD_MAX` of malloc). */
const LARGEST_FOLLOWED_BYTES = 32 * 1024 * 1024 - 65_536

/**
 * Loading a model asks for and frees some megabytes many times. glibc gives them back to the kernel and takes them
 * again, cleared, each time, until a program has once freed a larger piece (mallopt(3), "dynamic mmap threshold").
 */
function keepFreedMemory(): void {
  new ArrayBuffer(LARGEST_FOLLOWED_BYTES).transfer(0)
}

function explain(reason: string, native: string): string {
  if (!/failed to map segment|cannot enable executable/.test(reason)) return reason
  return `${reason}; the file system of ${native} does not allow programs to run (noexec): choose another --state-dir`
}
