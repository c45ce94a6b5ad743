import type { Baseline, CurveBaseline } from '../pump/baseline.ts'
import { efficiencyAt, headAt, powerAt } from '../pump/curve.ts'
import type { TestPoint } from '../pump/curve-fit.ts'
import { efficiency, specificEnergy } from '../pump/efficiency.ts'
import { PARAMETERS, QUANTITIES } from '../pump/quantities.ts'

/** What a baseline says, in lines for a person. */
export function baselineNumbers(baseline: Baseline): string {
  const { flow_m3h: flow, head_m: head, power_kw: power, efficiency_percent: eta, noise } = baseline
  const values = { flow, head, power, efficiency: eta }
  const rows = PARAMETERS.map((parameter) => {
    const value = values[parameter]
    const scatter = noise?.[parameter] ?? null
    const unit = QUANTITIES[parameter].unit
    return `  ${parameter.padEnd(12)}${value === null ? 'none' : `${value.toFixed(2)} ${unit}`}${scatter === null ? '' : `, noise ${scatter.toFixed(2)} %`}\n`
  })
  const energy = flow === null || power === null ? null : specificEnergy({ flowM3h: flow, powerKw: power })
  const of =
    baseline.kind === 'curve'
      ? baseline.best_flow_m3h === null
        ? 'middle of the tested range'
        : 'best efficiency'
      : 'duty point'
  const headOf = baseline.head_definition === 'discharge' ? ', head of the discharge pressure' : ', total head'
  const speed = baseline.speed_rpm === null ? '' : `, at ${Math.round(baseline.speed_rpm)} rpm`
  const taken = energy === null ? '' : `  energy      ${energy.toFixed(3)} kWh/m³\n`
  return `${baseline.pump}: ${baseline.kind} baseline${headOf}${speed}\n${of}:\n${rows.join('')}${taken}`
}

/** Points beside their curves, with what lies between. */
export function curveNumbers(baseline: CurveBaseline, points: readonly TestPoint[]): string {
  const head = 'flow m³/h    head m  curve m   off %   power kW curve kW   off %   eff. %  curve %\n'
  const scale = baseline.head_m ?? 1
  const lines = [...points]
    .sort((a, b) => a.flowM3h - b.flowM3h)
    .map(({ flowM3h, headM, powerKw, efficiencyPercent }) => {
      const curve = {
        head: headAt(baseline, flowM3h),
        power: powerAt(baseline, flowM3h),
        efficiency: efficiencyAt(baseline, flowM3h),
      }
      const own = powerKw === null ? efficiencyPercent : efficiency({ flowM3h, headM, powerKw }, baseline.liquid_density_kg_m3)
      const powerOff =
        powerKw === null || curve.power === null ? null : ((powerKw - curve.power) / (baseline.power_kw ?? 1)) * 100
      return [
        cell(flowM3h, 9, 2),
        cell(headM, 10, 2),
        cell(curve.head, 9, 2),
        cell(((headM - curve.head) / scale) * 100, 8, 2),
        cell(powerKw, 11, 3),
        cell(curve.power, 9, 3),
        cell(powerOff, 8, 2),
        cell(own, 9, 1),
        cell(curve.efficiency, 9, 1),
      ].join('')
    })
  const { head: worstHead, power: worstPower, efficiency: worstEfficiency } = baseline.residual_percent
  const worst = [
    `head ${worstHead} %`,
    ...(worstPower === null ? [] : [`power ${worstPower} %`]),
    ...(worstEfficiency === null ? [] : [`efficiency ${worstEfficiency} %`]),
  ]
  const degree = `head of degree ${baseline.head.length - 1}${baseline.power === null ? '' : `, power of degree ${baseline.power.length - 1}`}`
  return `${head}${lines.join('\n')}\nlargest distances, of the value at best efficiency: ${worst.join(', ')} (${degree})\n`
}

function cell(value: number | null, width: number, digits: number): string {
  return (value === null ? '—' : value.toFixed(digits)).padStart(width)
}
