import { UsageFailure } from '../failure.ts'

/** Checks of single options; each mistake is a usage failure that names the option and the mend. */
export function required(program: string, option: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new UsageFailure({ where: program, what: `--${option} is missing`, mend: `see ${program} --help` })
}

export function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value)
  if (found !== undefined) return found
  throw new UsageFailure({ where: `--${option}`, what: `is ${value}`, mend: `use ${allowed.join(' or ')}` })
}

export function whole(option: string, text: string, least: number, most: number): number {
  const value = number(option, text, least, most)
  if (Number.isInteger(value)) return value
  throw new UsageFailure({ where: `--${option}`, what: `is ${text}`, mend: 'give a whole number' })
}

export function number(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most) return value
  throw new UsageFailure({ where: `--${option}`, what: `is ${text}`, mend: `give a number from ${least} to ${most}` })
}
