type Progress = (what: string, share: number) => void

/** What hears how far training is: a bar that is drawn anew in place where somebody looks, a line per quarter otherwise. */
export function progressOn(stderr: (text: string) => void, isTerminal: boolean): Progress {
  return isTerminal ? barOn(stderr) : quartersOn(stderr)
}

const WIDTH = 30

/** Gone once a piece of work is done, so that only what counts stays on the screen. */
function barOn(stderr: (text: string) => void): Progress {
  let shown = ''
  return (what, share) => {
    const full = Math.round(Math.min(1, share) * WIDTH)
    const line = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(share * 100)).padStart(3)} % ${what}`
    if (line === shown) return
    shown = line
    stderr(share >= 1 ? '\r\u001B[K' : `\r${line}\u001B[K`)
  }
}

function quartersOn(stderr: (text: string) => void): Progress {
  const said = new Map<string, number>()
  return (what, share) => {
    const quarter = Math.floor(share * 4)
    if (quarter <= (said.get(what) ?? 0)) return
    said.set(what, quarter)
    stderr(`${what}: ${quarter * 25} %\n`)
  }
}
