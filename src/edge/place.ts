import { ensureFolder, openStateDirectory, stateDirectories, stateLayout } from '../state/directory.ts'
import { removeLeftovers } from '../state/durable.ts'
import { acquireLock, type Lock } from '../state/lock.ts'
import type { StateOwner } from '../state/state-file.ts'
import type { Program } from './program.ts'
import type { World } from './world.ts'

/** The state directory of this pump, open and locked. */
export interface Place {
  readonly path: string
  readonly layout: ReturnType<typeof stateLayout>
  readonly owner: StateOwner
  readonly lock: Lock
}

/** How long a person waits for a run of cron's to end [ms]. */
export const PATIENCE_MS = 30_000

/** What decides where this pump keeps its state. */
export function directoryHints(program: Program, stateDir: string | null, world: World) {
  const { env, userId, home, cwd } = world
  return { option: stateDir, env, folder: program.manifest.slug, userId, home, cwd }
}

/**
 * Opens the state directory and takes its lock, waiting at most `waitMs` for another run to end. Throws
 * BusyFailure (exit 75), OutputFailure (exit 73), or ConfigurationFailure (exit 78) for somebody else's state.
 */
export async function openPlace(program: Program, stateDir: string | null, world: World, waitMs: number): Promise<Place> {
  const [{ path }] = stateDirectories(directoryHints(program, stateDir, world))
  openStateDirectory(path, { id: world.userId, command: world.commandLine })
  const lock = await acquireLock(path, { waitMs, sleep: (ms) => new Promise((done) => setTimeout(done, ms)) })
  try {
    const layout = stateLayout(path)
    for (const folder of [layout.unsent, layout.rejected, layout.damaged, layout.results]) ensureFolder(folder)
    for (const folder of [path, layout.results, layout.rejected]) removeLeftovers(folder)
    const { site_id: siteId, pump_id: pumpId } = program.deployment.site_info
    return { path, layout, owner: { siteId, pumpId }, lock }
  } catch (error) {
    lock.release()
    throw error
  }
}
