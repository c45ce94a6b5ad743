import { runInNewContext } from 'node:vm'

/** Keeps a long run as small as a short one. */
export interface Heap {
  /** To be told of readings that are done with. */
  readonly passed: (readings: number) => void
}

/** The nursery for new objects is doubled up to here; V8 would go on to 32 MB, three times. Smaller ones cost time. */
const NURSERY_BYTES = 8 * 1024 * 1024
/** After this many readings the rest is looked through, once it has grown by so much: it takes as long as a thousand readings. */
const READINGS = 20_000
const GROWTH_BYTES = 6 * 1024 * 1024

/** Readings of one batch or so; a shorter run does without, and without the millisecond that it takes to load V8's module. */
const LONG_RUN = 1000

/**
 * Readings and records live for a moment, but V8 lets them pile up to 200 MB and more before it looks, because it
 * measures by the machine and not by what a program needs: some 10 MB, however many readings there are. The same could be
 * had by options at the start, which would keep V8 from using its cache of Node's own modules (20 ms more at each start).
 */
export function createHeap(): Heap {
  let passed = 0
  let v8: V8 | null = null
  let grows = true
  let collect: (() => void) | null = null
  let kept = 0
  return {
    passed: (readings) => {
      passed += readings
      if (v8 === null && passed < LONG_RUN) return
      v8 ??= process.getBuiltinModule('node:v8')
      if (grows && nurserySize(v8) >= NURSERY_BYTES) {
        v8.setFlagsFromString('--semi-space-growth-factor=1')
        grows = false
      }
      if (passed < READINGS) return
      passed = 0
      if (collect !== null && keptBytes(v8) < kept + GROWTH_BYTES) return
      collect ??= garbageCollector(v8)
      collect()
      kept = keptBytes(v8)
    },
  }
}

type V8 = ReturnType<typeof process.getBuiltinModule<'node:v8'>>

function nurserySize(v8: V8): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
}

function keptBytes(v8: V8): number {
  const { used_heap_size: used, external_memory: external } = v8.getHeapStatistics()
  return used + external
}

/** V8's own function, which it hands to a context that is made after it was asked for. */
function garbageCollector(v8: V8): () => void {
  v8.setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
