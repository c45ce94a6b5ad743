import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { deploymentJsonSchema } from '../../build/configuration-table.ts'
import { deploymentSchema } from '../../src/bundle/deployment.ts'
import type { JsonSchema } from '../../src/edge/json-schema.ts'
import { withOverlay } from '../../src/edge/overlay.ts'

const embedded = z.parse(deploymentSchema, { site_info: { site_id: 12, pump_id: 1, sensor_ids: { flow: 1, head: 2 } } })
const schema = deploymentJsonSchema() as JsonSchema
const folder = mkdtempSync(join(tmpdir(), 'overlay-'))

function overlay(text: string): string {
  writeFileSync(join(folder, 'overlay.json'), text)
  return 'overlay.json'
}

describe('an overlay', () => {
  test('changes what it names and keeps the rest', () => {
    const file = overlay('{"api": {"base_url": "https://api.example.com"}, "site_info": {"sensor_ids": {"flow": 9}}}')
    const merged = withOverlay(embedded, schema, file, folder)
    expect(merged.api.base_url).toBe('https://api.example.com')
    expect(merged.site_info).toEqual({ ...embedded.site_info, sensor_ids: { flow: 9, head: 2 } })
    expect(merged.judgement).toEqual(embedded.judgement)
  })

  test('replaces arrays whole', () => {
    const merged = withOverlay(embedded, schema, overlay('{"anomaly_reporting": {"report_on_status": ["Failure"]}}'), folder)
    expect(merged.anomaly_reporting.report_on_status).toEqual(['Failure'])
  })

  test('does not reach into prototypes', () => {
    expect(() => withOverlay(embedded, schema, overlay('{"__proto__": {"polluted": true}}'), folder)).toThrow('unknown key')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test.each([
    ['is missing', null, /none\.json: the overlay cannot be read/],
    ['is no JSON', '{', /overlay\.json: is not JSON/],
    ['is no object', '[]', /overlay\.json: is \[\]; it must be an object/],
    ['has an unknown key', '{"apis": {}}', /overlay\.json: unknown key apis; did you mean api\?/],
  ])('that %s is refused in one line', (_, text, message) => {
    expect(() => withOverlay(embedded, schema, text === null ? 'none.json' : overlay(text), folder)).toThrow(message)
  })
})
