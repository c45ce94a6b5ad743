import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { deploymentSchema } from '../../src/bundle/deployment.ts'
import { withOverlay } from '../../src/edge/overlay.ts'

const embedded = z.parse(deploymentSchema, { site_info: { site_id: 12, pump_id: 1, sensor_ids: { flow: 1, head: 2 } } })
const folder = mkdtempSync(join(tmpdir(), 'overlay-'))

function overlay(text: string): string {
  writeFileSync(join(folder, 'overlay.json'), text)
  return 'overlay.json'
}

describe('an overlay', () => {
  test('changes what it names and keeps the rest', async () => {
    const file = overlay('{"api": {"base_url": "https://api.example.com"}, "site_info": {"sensor_ids": {"flow": 9}}}')
    const merged = await withOverlay(embedded, file, folder)
    expect(merged.api.base_url).toBe('https://api.example.com')
    expect(merged.site_info).toEqual({ ...embedded.site_info, sensor_ids: { flow: 9, head: 2 } })
    expect(merged.judgement).toEqual(embedded.judgement)
  })

  test('replaces arrays whole', async () => {
    const merged = await withOverlay(embedded, overlay('{"anomaly_reporting": {"report_on_status": ["Failure"]}}'), folder)
    expect(merged.anomaly_reporting.report_on_status).toEqual(['Failure'])
  })

  test('does not reach into prototypes', async () => {
    await expect(withOverlay(embedded, overlay('{"__proto__": {"polluted": true}}'), folder)).rejects.toThrow('unknown key')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test.each([
    ['is missing', null, /none\.json: the overlay cannot be read/],
    ['is no JSON', '{', /overlay\.json: is not JSON/],
    ['is no object', '[]', /overlay\.json: is \[\]; it must be an object/],
    ['has an unknown key', '{"apis": {}}', /overlay\.json: unknown key apis; did you mean api\?/],
  ])('that %s is refused in one line', async (_, text, message) => {
    await expect(withOverlay(embedded, text === null ? 'none.json' : overlay(text), folder)).rejects.toThrow(message)
  })
})
