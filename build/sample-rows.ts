/**
 * Scaled rows to ask a model about: spread over ±3 standard deviations of what it was trained on, since scaled features have
 * mean 0 and deviation 1; the first of several is the average itself. Another `phase` gives other rows.
 */
export function sampleRows(count: number, width: number, phase: number): Float32Array {
  const rows = Float32Array.from({ length: count * width }, (_, index) => {
    const row = Math.floor(index / width)
    return 3 * Math.sin(phase + row * 7.3 + (index % width) * 2.1)
  })
  return count > 1 ? rows.fill(0, 0, width) : rows
}
