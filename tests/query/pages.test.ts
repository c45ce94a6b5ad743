import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anomaly } from '../api/anomalies.ts'
import { hasChromium, LOOKS, openPage, startBrowser, violationsOf } from './browser.ts'
import { fleetAnomalies } from './fleet.ts'
import { startWorld, type World } from './world.ts'

/** A name that would break out of the page's script or markup if it could. */
const HOSTILE = '</script><img src=x onerror=alert(1)>'

function* records() {
  yield* fleetAnomalies({ pumps: 8, anomalies: 800, seed: 6 })
  const one = anomaly({ siteId: 1, pumpId: 50, timestamp: '2026-01-10T00:00:00.000Z', description: `${HOSTILE}: Failure. flow` })
  yield { ...one, metadata: { ...one.metadata, idempotencyKey: 'hostile' } }
}

describe.runIf(hasChromium)('in a browser', () => {
  let world: World
  let browser: Browser
  const file = (name: string) => join(world.folder, `${name}.html`)

  beforeAll(async () => {
    world = await startWorld(records())
    for (const name of ['timeline', 'compare']) {
      const { code } = await world.query([name, '--to', '2026-02-20', '--html', `${name}.html`])
      expect(code).toBe(0)
    }
    expect((await world.query(['timeline', '--pump', '999', '--html', 'empty-timeline.html'])).code).toBe(0)
    expect((await world.query(['compare', '--pump', '999', '--html', 'empty-compare.html'])).code).toBe(0)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await world.close()
  })

  const pages = ['timeline', 'compare', 'empty-timeline', 'empty-compare'].flatMap((name) =>
    Object.keys(LOOKS).map((look) => [name, look] as const),
  )

  test.each(pages)('the page of %s, %s, is quiet, asks for nothing, fits, and axe-core finds no fault', async (name, look) => {
    const { page, said, asked, close } = await openPage(browser, file(name), LOOKS[look] ?? {})
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    if (!name.startsWith('empty')) {
      expect(await page.locator('canvas').count()).toBe(1)
      expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(0)
    }
    expect([said, asked()]).toEqual([[], []])
    await close()
  })

  test('the timeline shows the deviations of the pump that is chosen, also by keyboard, and zooms', async () => {
    const { page, said, close } = await openPage(browser, file('timeline'), LOOKS['light'] ?? {})
    const chart = page.locator('.chart')
    expect(await chart.getAttribute('aria-label')).toBe('Deviations of pump 1/0 Pump 0')
    await page.locator('#pump').focus()
    await page.keyboard.press('ArrowDown')
    expect(await chart.getAttribute('aria-label')).toBe('Deviations of pump 1/1 Pump 1')
    const box = await page.locator('.u-over').boundingBox()
    if (box === null) throw new Error('no chart')
    const shot = () => page.locator('canvas').screenshot()
    const before = await shot()
    await page.mouse.move(box.x + 100, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 300, box.y + 100, { steps: 4 })
    await page.mouse.up()
    const zoomed = await shot()
    expect(zoomed.equals(before)).toBe(false)
    await page.mouse.dblclick(box.x + 200, box.y + 100)
    await page.mouse.move(0, 0)
    expect((await shot()).equals(zoomed)).toBe(false)
    expect(said).toEqual([])
    await close()
  })

  test('a page follows the system from light to dark, and prints in light', async () => {
    const { page, close } = await openPage(browser, file('compare'), LOOKS['light'] ?? {})
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor') as Promise<string>
    // Asked of the page, since the chart puts a new canvas in place of the old one when it is drawn anew.
    const canvas = () => page.evaluate(`document.querySelector('canvas').toDataURL()`) as Promise<string>
    const light = [await paper(), await canvas()] as const
    await page.emulateMedia({ colorScheme: 'dark' })
    // The chart is drawn anew at the next frame.
    await expect.poll(canvas).not.toBe(light[1])
    expect(await paper()).not.toBe(light[0])
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await paper()).toBe(light[0])
    await close()
  })

  test('a page carries the licence of its chart library and is small enough to mail', () => {
    const text = readFileSync(file('timeline'), 'utf8')
    expect(text).toContain('Permission is hereby granted, free of charge')
    expect(statSync(file('timeline')).size).toBeLessThan(1_000_000)
  })

  test('a fault that axe-core should find is found', async () => {
    const { page, close } = await openPage(browser, file('compare'), LOOKS['light'] ?? {})
    await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="data:,"><button></button>')`)
    expect((await violationsOf(page)).join()).toMatch(/image-alt.*button-name|button-name.*image-alt/)
    await close()
  })
})
