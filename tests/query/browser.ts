import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { hasPrograms, requireOrSkip } from '../require.ts'

/** Debian's Chromium, which needs no download of its own. */
const CHROMIUM = '/usr/bin/chromium'
export const hasChromium = requireOrSkip(hasPrograms('chromium'), 'apt-get install chromium')

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

export const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1100, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1100, height: 900 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
}

export function startBrowser(): Promise<Browser> {
  // Root may not use Chromium's own sandbox; the pages are ours.
  return chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}

/** Opens a page file; what it says on the console and asks of the network is kept. */
export async function openPage(browser: Browser, file: string, look: BrowserContextOptions) {
  const context = await browser.newContext(look)
  const page = await context.newPage()
  const [said, asked]: [string[], string[]] = [[], []]
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('request', (request) => asked.push(request.url()))
  const url = pathToFileURL(file).href
  await page.goto(url)
  return { page, said, asked: () => asked.filter((one) => one !== url && !one.startsWith('data:')), close: () => context.close() }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** What axe-core finds: rule, weight and the first element. */
export async function violationsOf(page: { evaluate: (script: string) => Promise<unknown> }): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)}`)
}
