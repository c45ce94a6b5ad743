const EIGHTHS = ' ▁▂▃▄▅▆▇█'

/** One character per value, as high as its share of the greatest. Nothing is blank, and only nothing. */
export function sparkline(values: readonly number[]): string {
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  return values.map((value) => (value <= 0 ? ' ' : EIGHTHS[Math.max(1, Math.round((value / most) * 8))])).join('')
}

/** A horizontal bar of at most `width` characters. */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width)
  return '█'.repeat(full === 0 && share > 0 ? 1 : full)
}
