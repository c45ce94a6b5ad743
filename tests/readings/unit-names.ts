import type { Quantity } from '../../src/pump/quantities.ts'
import { unitFor } from '../../src/readings/units.ts'

/** The units of a quantity, as the refusal of a wrong one lists them. */
export function unitNames(quantity: Quantity): string[] {
  const outcome = unitFor(quantity, 'no unit at all')
  return outcome.kind === 'wrong' ? outcome.mend.replace('use one of ', '').split(', ') : []
}
