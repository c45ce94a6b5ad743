import { describe, expect, test } from 'vitest'
import { configurationTable, deploymentJsonSchema } from '../../build/configuration-table.ts'
import { currentText, GENERATED } from '../../build/docs.ts'

describe('generated documents', () => {
  test.each(GENERATED)('$file says what the schema says; run npm run docs when it does not', ({ file, from }) => {
    const current = currentText(file)
    expect(current).not.toBe('')
    expect(from(current)).toBe(current)
  })

  test('every key of the configuration has a meaning', () => {
    const rows = configurationTable().split('\n').slice(2)
    expect(rows.length).toBeGreaterThan(40)
    expect(rows.filter((row) => /undefined|\|\s*\|$/.test(row))).toEqual([])
  })

  test('the JSON schema knows what is required and refuses unknown keys', () => {
    expect(deploymentJsonSchema()).toMatchObject({
      additionalProperties: false,
      required: ['site_info'],
      properties: { site_info: { required: ['site_id', 'pump_id'] } },
    })
  })
})
