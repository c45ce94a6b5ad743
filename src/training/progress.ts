/** Says every quarter of each piece of work once. */
export function progressOn(stderr: (text: string) => void): (what: string, share: number) => void {
  const said = new Map<string, number>()
  return (what, share) => {
    const quarter = Math.floor(share * 4)
    if (quarter <= (said.get(what) ?? 0)) return
    said.set(what, quarter)
    stderr(`${what}: ${quarter * 25} %\n`)
  }
}
