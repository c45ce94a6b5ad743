import { type OptionName, textOf, usage, type Values } from './options.ts'

/** The value of an option that takes one of a few words; the first of them unless given. */
export function oneOf<const T extends string>(
  command: string,
  values: Values,
  option: OptionName,
  words: readonly [T, ...T[]],
): T {
  const text = textOf(values, option)
  if (text === undefined) return words[0]
  const word = words.find((one) => one === text)
  if (word === undefined) throw usage(command, `--${option}`, `'${text}' is not known here`, `use ${words.join(', ')}`)
  return word
}

export function formatOf<const T extends string>(command: string, values: Values, formats: readonly [T, ...T[]]): T {
  return oneOf(command, values, 'format', formats)
}

const USUAL_LIMIT = 25

export function limitOf(command: string, values: Values, usual = USUAL_LIMIT): number {
  const text = textOf(values, 'limit')
  if (text === undefined) return usual
  if (!/^[1-9]\d{0,6}$/.test(text)) throw usage(command, '--limit', `'${text}' is no whole number from 1 to 9999999`)
  return Number(text)
}
