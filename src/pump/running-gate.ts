import type { Reading } from '../readings/reading.ts'
import type { RunningSettings } from './settings.ts'

/** A share of rated speed or power below which a pump counts as off where no threshold is configured. Ours. */
const OFF_SHARE = 0.05
/** A pump that still moves this share of its flow is not off, whatever its power meter says. Ours. */
const FLOWING_SHARE = 0.2

/** What a pump does when it runs as it should; null where unknown. */
export interface RatedValues {
  readonly flowM3h: number | null
  readonly powerKw: number | null
  readonly speedRpm: number | null
}

/**
 * Why a pump counts as off, in words; null when it runs.
 *
 * Configured: the running channel is not above 0.5, speed or power is below its threshold. Nothing configured:
 * speed or power is below 5 % of its rated value (of the power at the reading's speed) while flow is unknown or below 20 % of the baseline's. Values that
 * are not measured say nothing, and a pump of which nothing says that it is off runs: zero flow alone is a fault, not
 * a stop. Source: ours.
 */
export function whyOff(reading: Reading, running: RunningSettings, rated: RatedValues): string | null {
  const { flow, power, speed } = reading.quantities
  const { channel, min_speed_rpm: minSpeed, min_power_kw: minPower } = running
  if (channel !== null || minSpeed !== null || minPower !== null) {
    const flag = channel === null ? null : (reading.channels[channel] ?? null)
    if (flag !== null && flag <= 0.5) return `off: ${channel} is ${flag}`
    if (minSpeed !== null && speed !== null && speed < minSpeed) return `off: speed is below ${minSpeed} rpm`
    if (minPower !== null && power !== null && power < minPower) return `off: power is below ${minPower} kW`
    return null
  }
  if (flow !== null && rated.flowM3h !== null && Math.abs(flow) >= FLOWING_SHARE * rated.flowM3h) return null
  if (isBelow(speed, rated.speedRpm)) return `off: speed is below ${OFF_SHARE * 100} % of rated speed`
  if (isBelow(power, powerAtSpeed(rated, speed))) return `off: power is below ${OFF_SHARE * 100} % of the baseline's`
  return null
}

/** The meter that reads next to nothing, and not below it, while the pump plainly moves its liquid. Source: ours. */
export function deadMeter(
  reading: Reading,
  rated: RatedValues,
): { readonly subject: 'power' | 'speed'; readonly text: string } | null {
  const { flow, power, speed } = reading.quantities
  if (flow === null || rated.flowM3h === null || flow < FLOWING_SHARE * rated.flowM3h) return null
  const moves = () => `while the pump moves ${flow.toFixed(1)} m³/h`
  if (speed !== null && speed >= 0 && isBelow(speed, rated.speedRpm)) {
    return { subject: 'speed', text: `speed reads ${speed} rpm ${moves()}` }
  }
  if (power === null || power < 0 || !isBelow(power, powerAtSpeed(rated, speed))) return null
  return { subject: 'power', text: `power reads ${power.toFixed(2)} kW ${moves()}` }
}

/** Whether something measured says that the pump runs, so that a lack of flow is a fault and not a stop. */
export function isKnownToRun(
  reading: Reading,
  { channel, min_speed_rpm: minSpeed, min_power_kw: minPower }: RunningSettings,
  rated: RatedValues,
): boolean {
  const { power, speed } = reading.quantities
  const flag = channel === null ? null : (reading.channels[channel] ?? null)
  if (flag !== null) return flag > 0.5
  const reaches = (value: number | null, least: number | null): boolean => value !== null && least !== null && value >= least
  return reaches(speed, minSpeed ?? shareOf(rated.speedRpm)) || reaches(power, minPower ?? shareOf(powerAtSpeed(rated, speed)))
}

/** A slow pump takes little: rated power falls with the cube of the speed. */
function powerAtSpeed({ powerKw, speedRpm }: RatedValues, speed: number | null): number | null {
  if (powerKw === null || speedRpm === null || speed === null) return powerKw
  return powerKw * Math.min(1, speed / speedRpm) ** 3
}

function shareOf(rated: number | null): number | null {
  return rated === null ? null : OFF_SHARE * rated
}

function isBelow(value: number | null, rated: number | null): boolean {
  return value !== null && rated !== null && value < OFF_SHARE * rated
}
