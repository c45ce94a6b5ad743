/** A line of a chart, in the units of its axes. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  /** Index of the colour; −1: the thin line of what would be ideal. */
  readonly colour: number
}

export interface Axes {
  readonly title: string
  readonly x: { readonly label: string; readonly most: number }
  readonly y: { readonly label: string; readonly most: number }
  /** Where the lines leave room for their names, at the right. */
  readonly legend: 'top' | 'bottom'
}

const WIDTH = 420
const HEIGHT = 300
const MARGIN = { left: 52, right: 14, top: 30, bottom: 44 }
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom }

/** A chart of lines as SVG; colours and fonts come from the page's style sheet. */
export function lineChart(axes: Axes, lines: readonly Series[]): string {
  const paths = lines.map(({ points, colour }) => {
    const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(axes, x)} ${py(axes, y)}`).join('')
    return `<path class="${colour === -1 ? 'ideal' : `line c${colour}`}" d="${d}"/>`
  })
  const named = lines.filter(({ colour }) => colour !== -1)
  const first = axes.legend === 'top' ? MARGIN.top + 14 : MARGIN.top + PLOT.height - 8 - (named.length - 1) * 16
  const legend = named.map(({ name, colour }, i) => {
    const y = first + i * 16
    const x = WIDTH - MARGIN.right - 6
    return `<text class="legend c${colour}" x="${x}" y="${y}" text-anchor="end">${escaped(name)}</text>`
  })
  return svg(axes, [...paths, ...legend])
}

/** A chart of cells, darker where more rows lie, with the diagonal; `counts[x][y]` over equal bins of both axes. */
export function cellChart(axes: Axes, counts: readonly (readonly number[])[]): string {
  const most = Math.max(1, ...counts.flat())
  const bins = counts.length
  const [width, height] = [PLOT.width / bins, PLOT.height / bins]
  const cells = counts.flatMap((column, i) =>
    column.map((count, j) => {
      const opacity = Math.sqrt(count / most).toFixed(3)
      const [x, y] = [MARGIN.left + i * width, MARGIN.top + PLOT.height - (j + 1) * height]
      return count === 0
        ? ''
        : `<rect class="cell" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" opacity="${opacity}"/>`
    }),
  )
  const diagonal = `<path class="ideal" d="M${px(axes, 0)} ${py(axes, 0)}L${px(axes, axes.x.most)} ${py(axes, axes.y.most)}"/>`
  return svg(axes, [...cells, diagonal])
}

function svg(axes: Axes, content: readonly string[]): string {
  const bottom = MARGIN.top + PLOT.height
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(axes.title)}">`,
    `<text class="title" x="${MARGIN.left}" y="18">${escaped(axes.title)}</text>`,
    ...ticks(axes.x.most).map(
      (x) => tick(px(axes, x), bottom + 15, 'middle', x) + grid(px(axes, x), MARGIN.top, px(axes, x), String(bottom)),
    ),
    ...ticks(axes.y.most).map(
      (y) =>
        tick(fixed(MARGIN.left - 6), Number(py(axes, y)) + 4, 'end', y) +
        grid(fixed(MARGIN.left), Number(py(axes, y)), fixed(WIDTH - MARGIN.right), py(axes, y)),
    ),
    `<text class="axis" x="${MARGIN.left + PLOT.width / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(axes.x.label)}</text>`,
    `<text class="axis" transform="translate(13 ${MARGIN.top + PLOT.height / 2}) rotate(-90)" text-anchor="middle">${escaped(axes.y.label)}</text>`,
    ...content,
    '</svg>',
  ].join('')
}

function tick(x: string, y: number, anchor: string, value: number): string {
  return `<text class="tick" x="${x}" y="${fixed(y)}" text-anchor="${anchor}">${Number(value.toFixed(2))}</text>`
}

function grid(x1: string, y1: number, x2: string, y2: string): string {
  return `<path class="grid" d="M${x1} ${fixed(y1)}L${x2} ${y2}"/>`
}

function ticks(most: number): number[] {
  return Array.from({ length: 6 }, (_, i) => (i * most) / 5)
}

function px(axes: Axes, x: number): string {
  return fixed(MARGIN.left + (Math.min(x, axes.x.most) / axes.x.most) * PLOT.width)
}

function py(axes: Axes, y: number): string {
  return fixed(MARGIN.top + PLOT.height - (Math.min(y, axes.y.most) / axes.y.most) * PLOT.height)
}

function fixed(value: number): string {
  return value.toFixed(1)
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
