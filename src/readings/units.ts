import { nearestName } from '../nearest.ts'
import type { Quantity } from '../pump/quantities.ts'

/** What kind of thing a unit measures; a quantity takes the units of its dimension only. */
export type Dimension = 'flow' | 'length' | 'power' | 'ratio' | 'speed' | 'pressure'

export const DIMENSION_OF: Readonly<Record<Quantity, Dimension>> = {
  flow: 'flow',
  head: 'length',
  power: 'power',
  efficiency: 'ratio',
  speed: 'speed',
  discharge_pressure: 'pressure',
  suction_pressure: 'pressure',
}

export interface Unit {
  readonly name: string
  readonly dimension: Dimension
  /** Multiply by it to get the canonical unit of the dimension (m³/h, m, kW, %, rpm, bar). */
  readonly factor: number
}

// Exact by definition (NIST SP 811:2008, appendix B; BIPM SI brochure): everything else follows from these.
const FOOT_M = 0.3048
const INCH_M = 0.0254
const POUND_KG = 0.45359237
const GRAVITY_M_S2 = 9.80665
const US_GALLON_M3 = 231 * INCH_M ** 3
const IMPERIAL_GALLON_M3 = 4.54609e-3
const PSI_BAR = (POUND_KG * GRAVITY_M_S2) / INCH_M ** 2 / 1e5
/** 550 ft·lbf/s, the horsepower of English-language nameplates. */
const HORSEPOWER_KW = (550 * FOOT_M * POUND_KG * GRAVITY_M_S2) / 1000

type Row = readonly [name: string, factor: number, ...otherSpellings: string[]]

/**
 * Conversion to canonical units, `canonical = value × factor`. Spellings are compared without regard to spaces,
 * case, full stops and the form of superscripts. Water columns and mercury columns are the conventional ones of
 * NIST SP 811 (water of 1,000 kg/m³, mercury of 13,595.1 kg/m³ at standard gravity).
 */
const TABLE: Readonly<Record<Dimension, readonly Row[]>> = {
  flow: [
    ['m3/h', 1, 'm3/hr', 'm³/h', 'cmh', 'm3h', 'm3h-1', 'm3ph', 'cubic metres per hour', 'cubic meters per hour'],
    ['m3/s', 3600, 'm3/sec', 'cms', 'm3s-1'],
    ['m3/min', 60, 'm3/minute', 'cmm'],
    ['m3/d', 1 / 24, 'm3/day', 'cmd'],
    ['L/s', 3.6, 'l/sec', 'lps', 'ls-1', 'litre/s', 'litres/s', 'liter/s', 'liters/s', 'dm3/s'],
    ['L/min', 0.06, 'lpm', 'l/minute', 'litre/min', 'litres/min', 'liter/min', 'liters/min'],
    ['L/h', 0.001, 'l/hr', 'lph', 'litres/h', 'liters/h'],
    ['ML/d', 1000 / 24, 'ml/day', 'mld', 'megalitres/day'],
    ['gpm', US_GALLON_M3 * 60, 'us gpm', 'usgpm', 'gpm (us)', 'gal/min', 'us gal/min', 'gallons per minute', 'gallon/min'],
    ['gph', US_GALLON_M3, 'gal/h', 'gal/hr', 'us gph'],
    ['gpd', US_GALLON_M3 / 24, 'gal/d', 'gal/day', 'us gpd'],
    ['MGD', (US_GALLON_M3 * 1e6) / 24, 'mgal/d', 'mgal/day', 'us mgd', 'million gallons per day'],
    ['imp gpm', IMPERIAL_GALLON_M3 * 60, 'igpm', 'imperial gpm', 'gpm (imp)', 'uk gpm', 'imp gal/min'],
    ['ft3/s', FOOT_M ** 3 * 3600, 'cfs', 'cusec', 'ft3/sec'],
    ['ft3/min', FOOT_M ** 3 * 60, 'cfm'],
    ['ft3/h', FOOT_M ** 3, 'cfh', 'ft3/hr'],
    ['bbl/d', (42 * US_GALLON_M3) / 24, 'bpd', 'bbl/day', 'barrels per day'],
  ],
  length: [
    ['m', 1, 'metre', 'metres', 'meter', 'meters', 'mtr', 'mlc'],
    ['cm', 0.01],
    ['mm', 0.001],
    ['ft', FOOT_M, 'feet', 'foot', "'"],
    ['in', INCH_M, 'inch', 'inches', '"'],
  ],
  power: [
    ['kW', 1, 'kilowatt', 'kilowatts', 'kw el'],
    ['W', 0.001, 'watt', 'watts'],
    ['hp', HORSEPOWER_KW, 'horsepower', 'bhp', 'hp (mech)', 'hp (us)', 'hp(i)'],
    ['metric hp', 75 * GRAVITY_M_S2 * 0.001, 'ps', 'cv', 'pk', 'hp (metric)', 'hp(m)'],
    ['electric hp', 0.746, 'hp (electric)', 'hp(e)'],
    ['BTU/h', 1055.05585262 / 3600 / 1000, 'btu/hr', 'btuh'],
  ],
  ratio: [
    ['%', 1, 'percent', 'pct', 'per cent', 'prozent', 'pc'],
    ['fraction', 100, 'ratio', '1', '-', 'pu', 'p.u.', 'per unit', 'decimal'],
  ],
  speed: [
    ['rpm', 1, 'r/min', 'rev/min', '1/min', 'min-1', 'u/min', 'rev per min', 'tr/min', 'revolutions per minute'],
    // Revolutions per second. A drive's output frequency is another thing: 50 Hz turn a 4-pole motor at 25 rev/s.
    ['Hz', 60, 'hertz', 'rev/s', 'r/s', 'rps', '1/s', 's-1'],
    ['rad/s', 60 / (2 * Math.PI), 'rad/sec', 'rads-1'],
  ],
  pressure: [
    ['bar', 1, 'barg', 'bar g', 'bar(g)', 'bars'],
    ['mbar', 1e-3, 'mbarg', 'millibar'],
    ['Pa', 1e-5, 'pascal', 'n/m2'],
    ['hPa', 1e-3],
    ['kPa', 1e-2, 'kpag', 'kpa g', 'kpa(g)', 'kilopascal'],
    ['MPa', 10, 'mpag', 'mpa g', 'mpa(g)', 'n/mm2'],
    ['psi', PSI_BAR, 'psig', 'psi g', 'psi(g)', 'lbf/in2', 'lb/in2', 'lbs/in2', 'psid'],
    ['kgf/cm2', GRAVITY_M_S2 / 10, 'kg/cm2', 'kp/cm2', 'at', 'kg/cm2g', 'ksc'],
    ['atm', 1.01325],
    ['mH2O', GRAVITY_M_S2 / 100, 'mwc', 'mws', 'm wc', 'm h2o', 'metres of water', 'mca'],
    ['ftH2O', (GRAVITY_M_S2 / 100) * FOOT_M, 'ft h2o', 'ft wc', 'ftwc', 'feet of water'],
    ['inH2O', (GRAVITY_M_S2 / 100) * INCH_M, 'in h2o', 'in wc', 'inwc', 'iwc'],
    ['mmHg', 13.5951e-5 * GRAVITY_M_S2],
    ['inHg', 13.5951e-5 * 25.4 * GRAVITY_M_S2],
    ['Torr', 1.01325 / 760],
  ],
}

const ABSOLUTE = new Set(['psia', 'bara', 'kpaa', 'mpaa', 'psi(a)', 'bar(a)', 'kpa(a)', 'mpa(a)', 'barabs', 'psiabs', 'kpaabs'])

const UNITS: readonly Unit[] = Object.entries(TABLE).flatMap(([dimension, rows]) =>
  rows.map(([name, factor]) => ({ name, dimension: dimension as Dimension, factor })),
)

const BY_NAME: ReadonlyMap<string, Unit> = new Map(UNITS.map((unit) => [unit.name, unit]))

let spellings: ReadonlyMap<string, Unit> | null = null

/** Made when a spelling is met that is no name: a device has only names, from the packager. */
function bySpelling(): ReadonlyMap<string, Unit> {
  spellings ??= new Map(
    Object.values(TABLE).flatMap((rows) =>
      rows.flatMap(([name, , ...others]) => {
        const unit = BY_NAME.get(name)
        return unit === undefined ? [] : [name, ...others].map((spelling) => [normalised(spelling), unit] as const)
      }),
    ),
  )
  return spellings
}

/** The unit that a spelling means, or null. `gpm` is the US gallon, `hp` 550 ft·lbf/s, pressures are gauge. */
export function unitNamed(spelling: string): Unit | null {
  return BY_NAME.get(spelling) ?? bySpelling().get(normalised(spelling)) ?? null
}

function unitsOf(dimension: Dimension): string[] {
  return TABLE[dimension].map(([name]) => name)
}

export type UnitOutcome =
  | { readonly kind: 'ok'; readonly unit: Unit }
  | { readonly kind: 'wrong'; readonly what: string; readonly mend: string }

/** The unit of a spelling if it fits the quantity; otherwise what is wrong and the nearest unit that fits. */
export function unitFor(quantity: Quantity, spelling: string): UnitOutcome {
  const dimension = DIMENSION_OF[quantity]
  const unit = unitNamed(spelling)
  if (unit?.dimension === dimension) return { kind: 'ok', unit }
  const fitting = `use one of ${unitsOf(dimension).join(', ')}`
  if (unit !== null) return { kind: 'wrong', what: `${spelling} is no unit of ${quantity}`, mend: fitting }
  if (ABSOLUTE.has(normalised(spelling))) {
    return {
      kind: 'wrong',
      what: `${spelling} is absolute pressure`,
      mend: 'give gauge pressure (subtract the barometric pressure)',
    }
  }
  const near = nearestName(spelling, unitsOf(dimension))
  return { kind: 'wrong', what: `unknown unit ${spelling}`, mend: near === null ? fitting : `did you mean ${near}?` }
}

/** Multiply a value in `unit` by it to get the quantity's canonical unit. Throws when the unit does not fit: the packager checked it. */
export function canonicalFactor(quantity: Quantity, unit: string): number {
  const outcome = unitFor(quantity, unit)
  if (outcome.kind === 'wrong') throw new Error(`${quantity}: ${outcome.what}; ${outcome.mend}`)
  return outcome.unit.factor
}

function normalised(spelling: string): string {
  const plain = spelling.normalize('NFKC').replaceAll('\u2212', '-').toLowerCase()
  return plain.replaceAll(/[\s.\u00b7\u22c5^_]/g, '')
}
