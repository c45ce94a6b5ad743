import type { Reading } from '../readings/reading.ts'
import type { PointBaseline } from './baseline.ts'
import type { DutyPoint } from './deviation.ts'
import { efficiency } from './efficiency.ts'
import { type Gauges, headOfPressure, totalHead } from './head.ts'

/** What the baseline says of how a duty point is to be taken, so that like is compared with like. */
export type DutyDefinition = Pick<PointBaseline, 'head_definition' | 'stated_efficiency_percent' | 'efficiency_percent'>

/**
 * What a reading says of flow, head, power and efficiency; head and efficiency are derived where they were not
 * measured.
 *
 * Head under the baseline's definition. `total`: measured, else from both gauges; a discharge pressure alone says
 * nothing. `discharge`: the head of the discharge pressure, whatever the suction does, else a measured head.
 * Efficiency: measured, else ρ·g·Q·H/P. It is derived even where it was measured when the baseline's own efficiency
 * had to be derived, since a figure that disagrees with flow, head and power in the baseline does so in the readings.
 * Result in canonical units, null where it can be neither measured nor derived. Source: ours, on ISO 9906:2012, 3.2.
 */
export function dutyPointOf(reading: Reading, definition: DutyDefinition, gauges: Gauges): DutyPoint {
  const { flow, power } = reading.quantities
  const head = headOf(reading, definition, gauges)
  const derived =
    flow === null || head === null || power === null
      ? null
      : efficiency({ flowM3h: flow, headM: head, powerKw: power }, gauges.liquid_density_kg_m3)
  const measured = reading.quantities.efficiency
  return { flow, head, power, efficiency: isDerived(definition) ? (derived ?? measured) : (measured ?? derived) }
}

/** Whether the baseline's efficiency was derived: it is not stated, or what is stated disagrees with the rest. */
export function isDerived(definition: DutyDefinition): boolean {
  const { stated_efficiency_percent: stated, efficiency_percent: judged } = definition
  return judged !== null && stated !== judged
}

function headOf(reading: Reading, definition: DutyDefinition, gauges: Gauges): number | null {
  const { head, flow, discharge_pressure: discharge, suction_pressure: suction } = reading.quantities
  if (definition.head_definition === 'discharge') {
    return discharge === null ? head : headOfPressure(discharge, gauges.liquid_density_kg_m3)
  }
  if (head !== null) return head
  if (discharge === null || suction === null) return null
  return totalHead({ dischargeBar: discharge, suctionBar: suction, flowM3h: flow }, gauges)
}
