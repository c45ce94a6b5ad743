import type { Reading } from '../readings/reading.ts'
import type { DutyPoint } from './deviation.ts'

/** A value that no pump can have, by the quantity it was read of. */
export interface Impossible {
  readonly subject: 'flow' | 'head' | 'power' | 'efficiency' | 'discharge_pressure' | 'suction_pressure' | 'speed'
  readonly text: string
  /** Whether the rest can be judged without it; an efficiency over 100 % does not say which of its inputs is wrong. */
  readonly spoils: 'head' | 'power' | 'efficiency' | null
}

/** Gauge pressure of a perfect vacuum, at the highest air pressure on record [bar]. */
const VACUUM_BAR = -1.085

/**
 * Values outside what is physically possible. Zero and negative flow are left to the running gate: water can run
 * backwards. Source: ours.
 */
export function impossibleValues(reading: Reading, measured: DutyPoint, densityKgM3: number): Impossible[] {
  const { discharge_pressure: discharge, suction_pressure: suction, speed } = reading.quantities
  const found: Impossible[] = []
  if (discharge !== null && discharge < VACUUM_BAR) found.push(belowVacuum('discharge_pressure', discharge))
  if (suction !== null && suction < VACUUM_BAR) found.push(belowVacuum('suction_pressure', suction))
  if (speed !== null && speed < 0) found.push({ subject: 'speed', spoils: null, text: `speed reads ${speed} rpm, below zero` })
  const { flow, head, power, efficiency } = measured
  if (power !== null && power < 0)
    found.push({ subject: 'power', spoils: 'power', text: `power reads ${power.toFixed(2)} kW, below zero` })
  if (efficiency !== null && efficiency < 0) {
    found.push({ subject: 'efficiency', spoils: 'efficiency', text: `efficiency reads ${efficiency.toFixed(1)} %, below zero` })
  }
  if (efficiency !== null && efficiency > 100) {
    const inputs = `${flow?.toFixed(1) ?? '?'} m³/h, ${head?.toFixed(1) ?? '?'} m, ${power?.toFixed(2) ?? '?'} kW, ${densityKgM3} kg/m³`
    const text = `efficiency is ${efficiency.toFixed(1)} %, over 100 % (ρ·g·Q·H/P of ${inputs}): one of them is wrong`
    found.push({ subject: 'efficiency', spoils: null, text })
  }
  return found
}

function belowVacuum(subject: 'discharge_pressure' | 'suction_pressure', bar: number): Impossible {
  return { subject, spoils: 'head', text: `${subject.replace('_', ' ')} reads ${bar.toFixed(2)} bar, below a vacuum` }
}
