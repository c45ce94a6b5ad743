import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import type { Columns } from '../../src/readings/columns.ts'
import { columnsFileSchema, resolveColumns } from '../../src/readings/columns-file.ts'
import { COLUMNS, HEADER, readAll, readText, setupWith } from './batch.ts'

function columnsOf(json: object): Columns {
  const outcome = resolveColumns(z.parse(columnsFileSchema, json), 'America/Los_Angeles')
  if (outcome.kind === 'invalid') throw new Error(JSON.stringify(outcome.problems))
  return outcome.columns
}

describe('the format that sites already write', () => {
  const header =
    'timestamp,Well ID,Flow (gpm),Discharge Pressure (psi),Suction Pressure (psi),Motor Power (hp),Pump Efficiency (%),Motor Speed (rpm)\n'
  const columns = columnsOf({
    flow: 'Flow (gpm)',
    head: 'Discharge Pressure (psi)',
    suction_pressure: 'Suction Pressure (psi)',
    power: 'Motor Power (hp)',
    efficiency: 'Pump Efficiency (%)',
    speed: 'Motor Speed (rpm)',
  })

  test.each([
    ['06/01/2024 00:00', '2024-06-01T07:00:00.000Z'],
    ['5/1/2024 0:00', '2024-05-01T07:00:00.000Z'],
    ['2025-07-15 23:25:06', '2025-07-16T06:25:06.000Z'],
    ['2025-07-15T23:25:06Z', '2025-07-15T23:25:06.000Z'],
  ])('works unchanged with timestamps like %s', async (timestamp, iso) => {
    const row = `${timestamp},Well 1,252.33,75.31,5.1,20.035,60.0,1800\n`
    const { readings } = await readText(`${header}${row}`, { columns, nowMs: Date.UTC(2026, 0) })
    expect(readings).toHaveLength(1)
    const [reading] = readings
    expect(new Date(reading?.timeMs ?? 0).toISOString()).toBe(iso)
    expect(reading?.line).toBe(2)
    expect(reading?.channels).toEqual({})
    expect(reading?.quantities).toEqual({
      // 252.33 gpm · 0.2271247 m³/h, 75.31 psi · 0.06894757 bar, 5.1 psi, 20.035 hp · 0.7456999 kW
      flow: expect.closeTo(57.3104, 4),
      head: null,
      power: expect.closeTo(14.9401, 4),
      efficiency: 60,
      speed: 1800,
      discharge_pressure: expect.closeTo(5.19244, 5),
      suction_pressure: expect.closeTo(0.351633, 6),
    })
  })
})

describe('whatever the format, the values are those that stand in the file', () => {
  const rows = `${HEADER}2024-06-01 00:00,50.5,30,6\n2024-06-01 00:01,-1050.25,30.5,6e0\n`
  const bigEndian = Buffer.from(`\ufeff${rows}`, 'utf16le').swap16()
  const semicolons = rows.replaceAll(',', ';')

  test.each<readonly [string, string | Uint8Array, Partial<Columns>]>([
    ['plain', rows, {}],
    ['UTF-16', bigEndian, {}],
    ['CRLF, quoted and with trailing delimiters', rows.replaceAll(/[^,\n]+/g, '"$&"').replaceAll('\n', ',,\r\n'), {}],
    ['decimal comma', semicolons.replaceAll('.', ','), { decimal: ',' }],
    ['grouped decimal comma', semicolons.replaceAll('.', ',').replace('1050', '1.050'), { decimal: ',' }],
    ['grouped decimal point', rows.replace('-1050.25', '"-1,050.25"'), {}],
    ['grouped by blanks', rows.replace('1050', '1\u00a0050').replace('-', '-'), {}],
    ['a repeated header in another order', reordered(rows), {}],
  ])('%s', async (_, text, changes) => {
    const { readings, tally } = await readText(text, { columns: { ...COLUMNS, ...changes } })
    expect(tally.bad).toBe(0)
    expect(readings.map(({ quantities: { flow, head, power } }) => [flow, head, power])).toEqual([
      [50.5, 30, 6],
      [-1050.25, 30.5, 6],
    ])
  })

  function reordered(text: string): string {
    const [header = '', first = '', second = ''] = text.split('\n')
    const turned = (row: string) => row.split(',').reverse().join(',')
    return [header, first, turned(header), turned(second), ''].join('\n')
  }
})

const SKAB = resolve(import.meta.dirname, '../../../shared/data/skab')

describe.runIf(existsSync(SKAB))('the SKAB test bed', () => {
  const columns = columnsOf({
    timestamp: 'datetime',
    quantities: {
      flow: { column: 'Volume Flow RateRMS', unit: 'L/min' },
      discharge_pressure: { column: 'Pressure', unit: 'bar' },
    },
    channels: { current: { column: 'Current', unit: 'A' }, voltage: { column: 'Voltage', unit: 'V' }, anomaly: 'anomaly' },
  })

  test('is read to the last row: the first of valve1/0.csv flows at 32 L/min, which is 1.92 m³/h', async () => {
    const { readings, tally } = await readAll(join(SKAB, 'valve1/0.csv'), setupWith({ columns }))
    expect(readings).toHaveLength(1147)
    expect(tally.bad).toBe(0)
    expect(readings[0]?.quantities.flow).toBeCloseTo(1.92, 12)
    expect(readings[0]?.quantities.discharge_pressure).toBe(0.054711)
    expect(readings[0]?.channels).toEqual({ current: 1.3302, voltage: 233.062, anomaly: 0 })
    expect(readings.map(({ timeMs }) => timeMs)).toEqual(readings.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b))
  })

  test('every file of valve1 gives a reading for each of its rows', async () => {
    for (const name of readdirSync(join(SKAB, 'valve1'))) {
      const path = join(SKAB, 'valve1', name)
      const rows = (await readFile(path, 'utf8')).trim().split('\n').length - 1
      const { readings, tally } = await readAll(path, setupWith({ columns }))
      expect([name, readings.length + tally.duplicates]).toEqual([name, rows])
    }
  })
})
