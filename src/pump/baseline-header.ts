import { canonicalFactor, DIMENSION_OF, type Dimension, type Unit, unitNamed } from '../readings/units.ts'
import type { Quantity } from './quantities.ts'

export type BaselineText = 'pump' | 'pump_type' | 'application' | 'date'
export type BaselineNumber = Quantity | 'rated_power'

/** What a column of a baseline file holds. */
export type BaselineColumn =
  | { readonly kind: 'text'; readonly name: BaselineText }
  | { readonly kind: 'number'; readonly name: BaselineNumber; readonly factor: number; readonly isShaftPower: boolean }
  | { readonly kind: 'no unit'; readonly name: BaselineNumber }
  | { readonly kind: 'unknown' }

const TEXTS: Readonly<Record<string, BaselineText>> = {
  'well id': 'pump',
  well: 'pump',
  pump: 'pump',
  'pump id': 'pump',
  'pump name': 'pump',
  name: 'pump',
  'pump type': 'pump_type',
  type: 'pump_type',
  model: 'pump_type',
  application: 'application',
  date: 'date',
  'test date': 'date',
}

const NUMBERS: Readonly<Record<string, BaselineNumber>> = {
  flow: 'flow',
  'flow rate': 'flow',
  flowrate: 'flow',
  capacity: 'flow',
  q: 'flow',
  head: 'head',
  'total head': 'head',
  'differential head': 'head',
  'total dynamic head': 'head',
  tdh: 'head',
  h: 'head',
  'discharge pressure': 'discharge_pressure',
  'suction pressure': 'suction_pressure',
  power: 'power',
  'shaft power': 'power',
  'brake power': 'power',
  p2: 'power',
  p1: 'power',
  'motor power': 'power',
  'input power': 'power',
  'power input': 'power',
  p: 'power',
  efficiency: 'efficiency',
  'pump efficiency': 'efficiency',
  eta: 'efficiency',
  speed: 'speed',
  'motor speed': 'speed',
  'pump speed': 'speed',
  n: 'speed',
  'rated power': 'rated_power',
  'motor rating': 'rated_power',
}

/** Words that call a power that of the shaft; any other is taken as that of the wire. */
const SHAFT_WORDS = new Set(['shaft power', 'brake power', 'p2'])

/**
 * What a header of a baseline file means: `baseline_flow_gpm`, `Flow (m3/h)`, `head_ft`, `horsepower`, `Well ID`…
 * The unit stands in parentheses or last; a head in a unit of pressure is the discharge pressure.
 */
export function baselineColumn(header: string): BaselineColumn {
  const plain = header
    .trim()
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/^(?:baseline|design|duty|guaranteed) /, '')
  const text = TEXTS[plain]
  if (text !== undefined) return { kind: 'text', name: text }
  if (plain === 'horsepower')
    return { kind: 'number', name: 'rated_power', factor: canonicalFactor('power', 'hp'), isShaftPower: true }
  for (const [words, unit] of splits(plain)) {
    const name = NUMBERS[words]
    if (name === undefined) continue
    if (unit === null) {
      return name === 'efficiency' ? { kind: 'number', name, factor: 1, isShaftPower: false } : { kind: 'no unit', name }
    }
    const quantity = name === 'head' && unit.dimension === 'pressure' ? 'discharge_pressure' : name
    if (unit.dimension === dimensionOf(quantity)) {
      return { kind: 'number', name: quantity, factor: unit.factor, isShaftPower: SHAFT_WORDS.has(words) }
    }
  }
  return { kind: 'unknown' }
}

/** The ways to part a header into words and unit: parentheses, then the last two words, the last one, none. */
function splits(plain: string): (readonly [words: string, unit: Unit | null])[] {
  const inside = /^(.*?)\s*[([]\s*([^)\]]+)\s*[)\]]$/.exec(plain)
  if (inside !== null) {
    const unit = unitNamed(inside[2] ?? '')
    return unit === null ? [] : [[inside[1] ?? '', unit]]
  }
  const words = plain.split(/\s+/)
  const parted = [2, 1].flatMap((count) => {
    const unit = words.length > count ? unitNamed(words.slice(-count).join(' ')) : null
    return unit === null ? [] : [[words.slice(0, -count).join(' '), unit] as const]
  })
  return [...parted, [plain, null]]
}

function dimensionOf(name: BaselineNumber): Dimension {
  return name === 'rated_power' ? 'power' : DIMENSION_OF[name]
}
