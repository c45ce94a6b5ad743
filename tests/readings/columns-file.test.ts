import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type ColumnsOutcome, columnsFileSchema, resolveColumns } from '../../src/readings/columns-file.ts'

function resolved(json: object, pumpName?: string): ColumnsOutcome {
  return resolveColumns(z.parse(columnsFileSchema, json), 'America/Los_Angeles', pumpName)
}

const problemsOf = (json: object) => {
  const outcome = resolved(json)
  return outcome.kind === 'invalid' ? outcome.problems : []
}

const SHORTEST = {
  flow: 'Flow (gpm)',
  head: 'Discharge Pressure (psi)',
  power: 'Motor Power (hp)',
  efficiency: 'Pump Efficiency (%)',
}

describe('columns.json', () => {
  test('at its shortest takes units from the parentheses of the headers and the zone from the site', () => {
    expect(resolved(SHORTEST)).toEqual({
      kind: 'ok',
      columns: {
        schema_version: 1,
        timestamp_column: 'timestamp',
        timestamp_format: null,
        time_zone: 'America/Los_Angeles',
        quantities: {
          flow: { column: 'Flow (gpm)', unit: 'gpm' },
          power: { column: 'Motor Power (hp)', unit: 'hp' },
          efficiency: { column: 'Pump Efficiency (%)', unit: '%' },
          discharge_pressure: { column: 'Discharge Pressure (psi)', unit: 'psi' },
        },
        channels: {},
        delimiter: null,
        decimal: '.',
        pump: null,
      },
    })
  })

  test('in full says everything', () => {
    const full = {
      timestamp: { column: 'datetime', format: 'YYYY-MM-DD HH:mm:ss', time_zone: 'Europe/Berlin' },
      quantities: {
        flow: { column: 'Volume Flow RateRMS', unit: 'l/min' },
        head: { column: 'H', unit: 'feet' },
        suction_pressure: 'Suction [kPa]',
      },
      channels: { current: { column: 'Current', unit: 'A' }, vibration: 'Vib (mm/s)', run: { column: 'Running' } },
      delimiter: ';',
      decimal: ',',
      pump: { column: 'Well ID', value: 'Well 1' },
    }
    expect(resolved(full)).toEqual({
      kind: 'ok',
      columns: {
        schema_version: 1,
        timestamp_column: 'datetime',
        timestamp_format: 'YYYY-MM-DD HH:mm:ss',
        time_zone: 'Europe/Berlin',
        quantities: {
          flow: { column: 'Volume Flow RateRMS', unit: 'L/min' },
          head: { column: 'H', unit: 'ft' },
          suction_pressure: { column: 'Suction [kPa]', unit: 'kPa' },
        },
        channels: {
          current: { column: 'Current', unit: 'A' },
          vibration: { column: 'Vib (mm/s)', unit: 'mm/s' },
          run: { column: 'Running', unit: null },
        },
        delimiter: ';',
        decimal: ',',
        pump: { column: 'Well ID', value: 'Well 1' },
      },
    })
  })

  test('may spell timestampFormat, timezone and pumpColumn as older files do, the pump being the one that is packaged', () => {
    const file = { ...SHORTEST, timestampFormat: 'epoch_s', timezone: 'UTC', pumpColumn: 'Well ID' }
    expect(resolved(file, 'Well 1')).toMatchObject({
      kind: 'ok',
      columns: { timestamp_format: 'epoch_s', time_zone: 'UTC', pump: { column: 'Well ID', value: 'Well 1' } },
    })
  })

  test.each([
    ['a unit that is unknown', { flow: 'Flow (gpn)' }, 'flow', 'unknown unit gpn', 'did you mean gpm?'],
    ['a unit of another quantity', { flow: { column: 'F', unit: 'psi' } }, 'flow', 'psi is no unit of flow', 'use one of m3/h'],
    [
      'no unit',
      { quantities: { flow: 'Flow' } },
      'quantities.flow',
      '"Flow" has no unit',
      'write {"column": "Flow", "unit": "m3/h"}',
    ],
    [
      'absolute pressure',
      { ...SHORTEST, suction_pressure: 'S (psia)' },
      'suction_pressure',
      'psia is absolute pressure',
      'gauge',
    ],
    [
      'head as a pressure beside another discharge pressure',
      { head: 'P1 (psi)', discharge_pressure: 'P2 (psi)' },
      'discharge_pressure',
      'the column "P1 (psi)"',
      'remove one',
    ],
    [
      'a quantity mapped twice',
      { flow: 'F (gpm)', quantities: { flow: 'F (gpm)' } },
      'quantities.flow',
      'flow is mapped twice',
      'keep it',
    ],
    ['nothing mapped', {}, 'quantities', 'maps no quantity', 'add at least'],
    [
      'a zone that is unknown',
      { ...SHORTEST, timezone: 'America/Los_Angles' },
      'timezone',
      'unknown time zone',
      'did you mean America/Los_Angeles?',
    ],
    [
      'a format that names no day',
      { ...SHORTEST, timestamp: { format: 'MM/YYYY' } },
      'timestamp.format',
      '"MM/YYYY" does not name',
      'write it like',
    ],
    [
      'a delimiter that is the decimal sign',
      { ...SHORTEST, delimiter: ',', decimal: ',' },
      'delimiter',
      'decimal sign',
      'use one of',
    ],
    ['a delimiter that is a quote', { ...SHORTEST, delimiter: '"' }, 'delimiter', 'cannot separate', 'use one of'],
    ['a pump column without a pump', { ...SHORTEST, pumpColumn: 'Well ID' }, 'pump.value', 'is missing', 'Well ID'],
    [
      'a channel with the name of a quantity',
      { ...SHORTEST, channels: { flow: 'F2 (gpm)' } },
      'channels.flow',
      'is a quantity',
      'map it',
    ],
    [
      'a channel name that features could not use',
      { ...SHORTEST, channels: { 'vib.x': 'V' } },
      'channels.vib.x',
      'cannot name',
      'letters',
    ],
  ])('with %s is refused at its path', (_, json, path, what, mend) => {
    expect(problemsOf(json)).toEqual([
      expect.objectContaining({ path, what: expect.stringContaining(what), mend: expect.stringContaining(mend) }),
    ])
  })

  test('has all its mistakes named at once', () => {
    const paths = problemsOf({ flow: 'Flow (gpn)', power: 'P (hpp)', timezone: 'Mars/Olympus', delimiter: '"' }).map(
      ({ path }) => path,
    )
    expect(paths).toEqual(['timezone', 'flow', 'power', 'delimiter'])
  })

  test('refuses a key that nobody knows', () => {
    expect(z.safeParse(columnsFileSchema, { ...SHORTEST, presure: 'P (psi)' }).success).toBe(false)
  })
})
