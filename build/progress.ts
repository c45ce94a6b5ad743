/** Where a person watches; a terminal only, so that logs stay logs. */
export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number
  readonly write: (text: string) => void
}

export interface Progress {
  /** One more is done. */
  readonly step: (name: string) => void
  /** A line that stays, above the bar. */
  readonly line: (text: string) => void
  readonly end: () => void
}

const BAR_WIDTH = 30

/** A bar that is drawn anew in place; on anything but a terminal only the lines that stay. */
export function progressBar(total: number, { isTTY, columns, write }: Terminal): Progress {
  let done = 0
  let name = ''
  const clear = isTTY ? '\r\x1b[K' : ''
  const draw = (): void => {
    if (!isTTY) return
    const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total))
    const text = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done}/${total} ${name}`
    write(`${clear}${text.slice(0, Math.max(10, columns - 1))}`)
  }
  draw()
  return {
    step: (latest) => {
      done += 1
      name = latest
      draw()
    },
    line: (text) => {
      write(`${clear}${text}\n`)
      draw()
    },
    end: () => write(clear),
  }
}
