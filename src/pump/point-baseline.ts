import type { PointBaseline } from './baseline.ts'
import type { BaselineEntry, BaselineProblem } from './baseline-rows.ts'
import { efficiency } from './efficiency.ts'
import { type Gauges, headOfPressure, totalHead } from './head.ts'

/** A stated efficiency this close to the derived one, of the derived one, is believed [%]. Ours. */
const EFFICIENCY_AGREEMENT_PERCENT = 3

export type PointOutcome =
  | { readonly kind: 'ok'; readonly baseline: PointBaseline; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

/**
 * A baseline of one duty point.
 *
 * An efficiency that disagrees with ρ·g·Q·H/P by more than 3 % is kept as stated and not judged by. Source: ours.
 */
export function pointBaselineOf(entry: BaselineEntry, pump: string, gauges: Gauges): PointOutcome {
  const { path, numbers, texts } = entry
  const { flow = null, power = null, efficiency: stated = null } = numbers
  const head = entryHead(entry, gauges)
  if (flow === 0 || stated === 0) {
    return invalid({
      path,
      what: `has ${flow === 0 ? 'a flow' : 'an efficiency'} of 0`,
      mend: 'a duty point needs values above 0',
    })
  }
  if (flow === null && head.headM === null && power === null && stated === null) {
    const mend = 'give at least one of baseline_flow_gpm, baseline_head_ft, baseline_power_hp, baseline_efficiency_percent'
    return invalid({ path, what: 'holds no value to judge by', mend })
  }
  const derived =
    flow === null || head.headM === null || power === null
      ? null
      : efficiency({ flowM3h: flow, headM: head.headM, powerKw: power }, gauges.liquid_density_kg_m3)
  const inputs = `${shown(flow)} m³/h, ${shown(head.headM)} m, ${shown(power)} kW`
  if (derived !== null && derived > 100) {
    const what = `flow, head and power (${inputs}) give an efficiency of ${shown(derived)} %, over 100 %`
    return invalid({ path, what, mend: 'check the values and the units in the headers' })
  }
  const disagrees =
    derived !== null && stated !== null && (Math.abs(stated - derived) / derived) * 100 > EFFICIENCY_AGREEMENT_PERCENT
  const warning =
    `${path}: states an efficiency of ${shown(stated)} %, but its flow, head and power (${inputs}) give ${shown(derived)} %; ` +
    `readings are judged against ${shown(derived)} %, derived the same way`
  const baseline: PointBaseline = {
    schema_version: 1,
    kind: 'point',
    pump: texts.pump ?? pump,
    pump_type: texts.pump_type ?? null,
    application: texts.application ?? null,
    rated_power_kw: numbers.rated_power ?? null,
    head_definition: head.definition,
    flow_m3h: flow,
    head_m: head.headM,
    power_kw: power,
    efficiency_percent: disagrees ? derived : (stated ?? derived),
    stated_efficiency_percent: stated,
    date: texts.date ?? null,
    speed_rpm: numbers.speed ?? null,
    noise: null,
  }
  return { kind: 'ok', baseline, warnings: disagrees ? [warning] : [] }
}

/**
 * Head of a row: stated, or from discharge and suction pressure (`total`); from the discharge pressure alone it is
 * the head of that (`discharge`), and readings are then taken the same way.
 */
export function entryHead(
  { numbers }: BaselineEntry,
  gauges: Gauges,
): { readonly headM: number | null; readonly definition: 'total' | 'discharge' } {
  const { head, flow = null, discharge_pressure: dischargeBar, suction_pressure: suctionBar } = numbers
  if (head !== undefined) return { headM: head, definition: 'total' }
  if (dischargeBar === undefined) return { headM: null, definition: 'total' }
  if (suctionBar === undefined)
    return { headM: headOfPressure(dischargeBar, gauges.liquid_density_kg_m3), definition: 'discharge' }
  return { headM: totalHead({ dischargeBar, suctionBar, flowM3h: flow }, gauges), definition: 'total' }
}

function invalid(problem: BaselineProblem): PointOutcome {
  return { kind: 'invalid', problems: [problem] }
}

function shown(value: number | null): string {
  return value === null ? 'unknown' : String(Math.round(value * 10) / 10)
}
