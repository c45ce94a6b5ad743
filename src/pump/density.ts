/** Temperatures that `waterDensity` is valid for [°C]. */
const WATER_DENSITY_RANGE = { minC: 0, maxC: 150 } as const

/**
 * Density of pure water at atmospheric pressure.
 *
 *     ρ = (999.83952 + 16.945176·t − 7.9870401e-3·t² − 46.170461e-6·t³ + 105.56302e-9·t⁴ − 280.54253e-12·t⁵)
 *         / (1 + 16.879850e-3·t)
 *
 * temperatureC [°C]. Result [kg/m³]; null outside 0…150 °C. Pressure is left out (0.05 kg/m³ per bar), and so is
 * the change from the temperature scale of 1968 to that of 1990 (under 0.01 kg/m³). Example: 25 °C gives 997.05.
 * Source: Kell, J. Chem. Eng. Data 20 (1975) 97, equation 16.
 */
export function waterDensity(temperatureC: number): number | null {
  const t = temperatureC
  if (!(t >= WATER_DENSITY_RANGE.minC && t <= WATER_DENSITY_RANGE.maxC)) return null
  const coefficients = [999.83952, 16.945176, -7.9870401e-3, -46.170461e-6, 105.56302e-9, -280.54253e-12]
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0) / (1 + 16.87985e-3 * t)
}
