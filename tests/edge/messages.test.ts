import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { deviceMessages, type Message, messagesIn } from './messages.ts'

const SOURCES = join(import.meta.dirname, '..', '..', 'src')

/** Texts that are not said to the operator of a device, by file. */
const UNSAID: Readonly<Record<string, string>> = {
  'src/anomaly/': 'words of the anomaly itself',
  'src/bundle/deployment.ts': 'meanings of the configuration, in build/README.md',
  'src/bundle/onnx-binding.ts': 'a key',
  'src/bundle/trailer.ts': 'a mark in the file',
  'src/edge/cli.ts': 'what --help says of the commands',
  'src/edge/version.ts': 'what --version tells',
  'src/edge/info.ts': 'what info tells',
  'src/edge/program.ts': 'what readings are compared with',
  'src/model/feature-names.ts': 'the packager has checked the model',
  'src/model/model-interface.ts': 'the packager has checked the model',
  'src/readings/time-zone.ts': 'the packager has checked columns.json',
  'src/readings/timestamp-pattern.ts': 'the packager has checked columns.json',
  'src/readings/timestamp.ts': 'the packager has checked columns.json',
  'src/readings/units.ts': 'the packager has checked columns.json',
  'src/pump/': 'words of the results, in src/pump/README.md',
}

/** What is compared or handed to other programs. */
const UNSAID_TEXTS = [
  'no answer',
  'wrong setting',
  'was open to others',
  'Not judged',
  'Invalid input',
  'application/json, application/problem+json',
  'Bearer …',
  'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE',
  'a check failed without a problem',
  'the default for root',
  'the default',
  'SQLite format 3',
  'standard input',
]

/** Where it is handed to other programs or tells of --help, it is no message. */
const isUnsaid = ({ file, parts }: Message) => {
  const text = parts.join('…')
  const isHelp = /\n\n?usage: |^ {2}--/.test(text)
  return isHelp || Object.keys(UNSAID).some((start) => file.startsWith(start)) || UNSAID_TEXTS.includes(text)
}

/** What the rows of a document's tables quote, or only their first cells. */
function quotesOf(document: string, cells: 'all cells' | 'first cells' = 'all cells'): string[] {
  const rows = document.split('\n').filter((line) => line.startsWith('| '))
  const texts = cells === 'all cells' ? rows : rows.map((row) => row.split(' | ')[0] ?? '')
  return texts.flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, quote]) => quote ?? ''))
}

/** Whether all that is always the same of a message stands in one quote, in its order. */
function isIn(quotes: readonly string[], { parts }: Message): boolean {
  return quotes.some((quote) => {
    let from = 0
    return parts.every((part) => {
      const at = quote.indexOf(part.trim(), from)
      from = at + part.trim().length
      return at >= 0
    })
  })
}

const readme = (folder: string) => readFileSync(join(SOURCES, folder, 'README.md'), 'utf8')

/** What stands before a message: `cannot …`, the check of a line of doctor; and a number behind it. */
const AROUND = /^(?:cannot|configuration|state|space|losses|model|token|API|clock) | \d+$/

describe('the guide of the operator', () => {
  const guide = readme('edge')
  const shown = (found: readonly Message[]) => found.map(({ file, parts }) => `${file}: ${parts.join('…')}`)
  let messages: readonly Message[]
  let ofReadings: readonly Message[]
  let others: readonly Message[]
  beforeAll(async () => {
    messages = await deviceMessages()
    const said = messages.filter((message) => !isUnsaid(message))
    ofReadings = said.filter(({ file }) => file.startsWith('src/readings/'))
    others = said.filter((message) => !ofReadings.includes(message))
  })

  test('has every message of the device program in a table', () => {
    expect(others.length).toBeGreaterThan(200)
    expect(shown(others.filter((message) => !isIn(quotesOf(guide), message)))).toEqual([])
    expect(isIn(quotesOf(guide), { file: 'new.ts', parts: ['cannot find ', ' anywhere (', ')'] })).toBe(false)
  })

  test('leaves the messages about lines and cells to the document on readings, which has them', () => {
    const quotes = quotesOf(guide + readme('readings'))
    expect(ofReadings.length).toBeGreaterThan(40)
    expect(shown(ofReadings.filter((message) => !isIn(quotes, message)))).toEqual([])
  })

  test('has no message that the program does not say any more', () => {
    const [, tables = ''] = guide.split('\n## Every message\n')
    const quotes = quotesOf(tables.split('\n## ')[0] ?? '', 'first cells')
    const pieces = quotes.flatMap((quote) => quote.split(/…|; |: |[()]/)).map((piece) => piece.trim().replace(AROUND, ''))
    const words = messages.flatMap(({ parts }) => parts).join('\n')
    expect(pieces.length).toBeGreaterThan(200)
    expect(pieces.filter((piece) => piece.includes(' ') && !words.includes(piece))).toEqual([])
  })
})

test('a message of several pieces is found, in whatever way it is written', async () => {
  const source = `
    import { a } from 'some words of a path'
    // a comment of words
    export const one = (n: number): string => \`cannot \${doing} (\${reasonOf(error)})\`
    log('warn', flag ? 'the first words' : "the second words")
  `
  const found = await messagesIn('a.ts', source)
  expect(found.map(({ parts }) => parts)).toEqual([['cannot ', ' (', ')'], ['the first words'], ['the second words']])
})
