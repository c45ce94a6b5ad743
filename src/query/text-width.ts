/** Wide in a terminal, roughly as Unicode's UAX #11 has it: two columns. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]$/u

/** Columns that a text without control characters takes. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007E]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += NOTHING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** The text in at most `width` columns, with an ellipsis where it was cut. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [cut, used] = ['', 0]
  for (const character of text) {
    used += widthOf(character)
    if (used > width - 1) break
    cut += character
  }
  return width < 1 ? '' : `${cut}…`
}

/** What came from elsewhere, on one line and unable to steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ')
}
