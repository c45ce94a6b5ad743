import type { Asked } from './sub-command.ts'

/** How far a long read is, on standard error. */
export interface Progress {
  readonly expect: (total: number | null) => void
  readonly add: (count: number) => void
  readonly end: () => void
}

const EVERY_MS = 200
const WIDTH = 24
const SILENT: Progress = { expect: () => undefined, add: () => undefined, end: () => undefined }

/** A bar while somebody looks, from the second page on; nothing otherwise. `does` null: nothing at all. */
export function progressOf({ terminal, values, io }: Pick<Asked, 'terminal' | 'values' | 'io'>, does: string | null): Progress {
  if (does === null || !terminal.progress || values['quiet'] === true) return SILENT
  let total: number | null = null
  let [count, shownAt, shown] = [0, performance.now(), false]
  return {
    expect: (expected) => {
      total = expected
    },
    add: (more) => {
      count += more
      const now = performance.now()
      if (now - shownAt < EVERY_MS) return
      shownAt = now
      shown = true
      io.stderr(`\r${barOf(count, total)} ${does}\u001B[K`)
    },
    end: () => {
      if (shown) io.stderr('\r\u001B[K')
    },
  }
}

function barOf(count: number, total: number | null): string {
  if (total === null || total === 0) return String(count)
  const share = Math.min(1, count / total)
  const full = Math.round(share * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} % of ${total}:`
}
