import { widthOf } from './text-width.ts'

/** A paragraph in lines of at most `width` columns, those after the first indented. */
export function wrapped(text: string, width: number, indent: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    const room = width - (lines.length === 0 ? 0 : indent)
    if (line !== '' && widthOf(longer) > room) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line].map((one, i) => (i === 0 ? one : ' '.repeat(indent) + one)).join('\n')
}
