import { runInNewContext } from 'node:vm'

/** Keeps a long run as small as a short one. */
export interface Heap {
  /** To be told of readings that are done with. */
  readonly passed: (readings: number) => void
}

/**
 * After so many readings the rest is looked through, once it has grown by more than the nursery holds: it takes as long as a
 * thousand readings.
 */
const READINGS = 20_000
const GROWTH_BYTES = 10 * 1024 * 1024

/**
 * Readings and records live for a moment, but V8 lets them pile up to 200 MB and more before it looks, because it
 * measures by the machine and not by what a program needs: some 10 MB, however many readings there are. Its nursery for new
 * objects is bounded by an option of the executable (`build/program-loader.ts`); to ask for this function there, too, would
 * take 10 ms of each start.
 */
export function createHeap(): Heap {
  let passed = 0
  let kept = 0
  let collect: (() => void) | null = null
  return {
    passed: (readings) => {
      passed += readings
      if (passed < READINGS) return
      passed = 0
      if (collect !== null && keptBytes() < kept + GROWTH_BYTES) return
      collect ??= garbageCollector()
      collect()
      kept = keptBytes()
    },
  }
}

function keptBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** V8's own function, which it hands to a context that is made after it was asked for. */
function garbageCollector(): () => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
