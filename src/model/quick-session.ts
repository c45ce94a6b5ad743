import type { Session } from './session.ts'

/** Rows up to which the quick form answers sooner than the whole model is loaded; measured with 137,000 nodes. */
const QUICK_ROWS = 1000

const NOTHING = (): void => undefined

/** Asks the quick form of a model as long as that pays, and the whole model from then on; both give the same bits. */
export function quickFirst(quick: Session, openWhole: () => Promise<Session>): Session {
  let asked = 0
  let whole: Promise<Session> | null = null
  return {
    run: async (rows, count) => {
      asked += count
      if (asked > QUICK_ROWS) whole ??= openWhole()
      return await (whole === null ? quick : await whole).run(rows, count)
    },
    // What could not be opened was the answer of `run`.
    close: async () => await whole?.then(({ close }) => close?.(), NOTHING),
  }
}
