import { progressOf } from './progress.ts'
import type { Reported } from './reported.ts'
import { scan } from './scan.ts'
import { isSelected } from './selection.ts'
import type { Asked } from './sub-command.ts'

/** Gives everything that is asked for to `take`, oldest first. */
export async function readAll(asked: Asked, take: (anomaly: Reported) => void): Promise<void> {
  const { selection, source } = asked
  const progress = progressOf(asked, 'read')
  try {
    for await (const page of scan(source.pagesOf(selection), { ...selection, newestFirst: false, onTotal: progress.expect })) {
      for (const anomaly of page) if (isSelected(selection, anomaly)) take(anomaly)
      progress.add(page.length)
    }
  } finally {
    progress.end()
  }
}
