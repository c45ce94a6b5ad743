import { execFile } from 'node:child_process'
import { appendFile, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { InputFailure } from '../../src/failure.ts'
import { cannotOpen } from '../../src/readings/input-problem.ts'
import { openReadings } from '../../src/readings/open.ts'
import type { Reading } from '../../src/readings/reading.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { COLUMNS, HEADER, inFolder, NOW_MS, readAll, setupWith, writeStill } from './batch.ts'

const START_MS = Date.UTC(2024, 5, 1)
const MIB = 1024 ** 2

/** Rows at minutes `from` to `to` − 1; the minute is the flow. */
function rows(from: number, to: number): string {
  let text = ''
  for (let minute = from; minute < to; minute++) text += `${new Date(START_MS + minute * 60_000).toISOString()},${minute},30,6\n`
  return text
}

const flows = (readings: readonly Reading[]) => readings.map(({ quantities }) => quantities.flow)
const upTo = (count: number) => Array.from({ length: count }, (_, minute) => minute)

describe('an input', () => {
  test('may be a file, relative to where the user stands or absolute', async () => {
    await inFolder(async (cwd) => {
      await writeStill(join(cwd, 'batch.csv'), HEADER + rows(0, 3))
      expect(flows((await readAll('batch.csv', setupWith({ cwd }))).readings)).toEqual([0, 1, 2])
      expect(flows((await readAll(join(cwd, 'batch.csv'), setupWith({}))).readings)).toEqual([0, 1, 2])
    })
  })

  test('may be standard input, whose last line counts without a line end because its writer is done', async () => {
    const { readings } = await readAll('-', setupWith({ stdin: () => Readable.from([HEADER + rows(0, 3).trim()]) }))
    expect(flows(readings)).toEqual([0, 1, 2])
  })

  test.runIf(requireOrSkip(hasPrograms('mkfifo', 'sh'), 'coreutils'))('may be a named pipe', async () => {
    await inFolder(async (cwd) => {
      const run = promisify(execFile)
      await run('mkfifo', [join(cwd, 'pipe')])
      await writeFile(join(cwd, 'source'), HEADER + rows(0, 5000).trim())
      const writer = run('sh', ['-c', 'cat source > pipe'], { cwd })
      const { readings } = await readAll('pipe', setupWith({ cwd }))
      await writer
      expect(flows(readings)).toEqual(upTo(5000))
    })
  })

  test('that is broken is named by the word the user gave for it', async () => {
    await inFolder(async (cwd) => {
      await writeStill(join(cwd, 'batch.csv'), '')
      const failureOf = (input: string) =>
        readAll(input, setupWith({ cwd, stdin: () => Readable.from([]) })).catch((error) => error)
      expect(await failureOf('batch.csv')).toEqual(
        new InputFailure({ where: 'batch.csv', what: 'is empty', mend: 'check what writes it' }),
      )
      expect((await failureOf('-')).message).toBe('standard input: is empty; check what writes it')
      expect((await failureOf('batch.csv/inner')).message).toMatch(
        /^batch\.csv\/inner: cannot be opened \(ENOTDIR.*\); check the path$/,
      )
    })
  })

  test('that breaks off in the middle is an input failure with the reason', async () => {
    async function* breaking() {
      yield HEADER + rows(0, 5000)
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('EIO: i/o error, read')
    }
    const failure = await readAll('-', setupWith({ stdin: () => Readable.from(breaking()) })).catch((error) => error)
    expect(failure).toBeInstanceOf(InputFailure)
    expect(failure.message).toBe('standard input: cannot be read (EIO: i/o error, read); check the disk or the mount')
  })

  test('is read as it was when it was opened: rows that come meanwhile are for the next run, whole', async () => {
    await inFolder(async (cwd) => {
      const path = join(cwd, 'batch.csv')
      await writeStill(path, HEADER + rows(0, 20_000))
      const open = openReadings('batch.csv', setupWith({ cwd }))
      const readings: Reading[] = []
      for await (const batch of open.batches) {
        if (readings.length === 0) await appendFile(path, rows(20_000, 20_010))
        readings.push(...batch)
      }
      expect(flows(readings)).toEqual(upTo(20_000))
      const next = await readAll('batch.csv', setupWith({ cwd, watermarkMs: open.tally().watermarkMs }))
      expect(flows(next.readings)).toEqual(upTo(20_010).slice(20_000))
    })
  })

  test('leaves a torn last line until the file has been still for 10 s, also when the clock was set back since', async () => {
    await inFolder(async (cwd) => {
      const torn = HEADER + rows(0, 2).trim()
      const readAt = async (ageMs: number) => {
        await writeStill(join(cwd, 'batch.csv'), torn, ageMs)
        const { readings, tally } = await readAll('batch.csv', setupWith({ cwd }))
        return [readings.length, tally.unfinished]
      }
      expect(await readAt(0)).toEqual([1, 1])
      expect(await readAt(9_999)).toEqual([1, 1])
      expect(await readAt(10_000)).toEqual([2, 0])
      expect(await readAt(-3_600_000)).toEqual([2, 0])
    })
  })

  test('is read no faster than it is judged', async () => {
    let produced = 0
    function* pieces() {
      yield HEADER
      for (; produced < 80; produced++) yield rows(produced * 2000, (produced + 1) * 2000)
    }
    const open = openReadings('-', setupWith({ nowMs: NOW_MS * 2, stdin: () => Readable.from(pieces(), { highWaterMark: 1 }) }))
    let judged = 0
    let lead = 0
    for await (const batch of open.batches) {
      lead = Math.max(lead, produced - Math.floor(judged / 2000))
      judged += batch.length
      // Judging takes a while, in which an eager reader would run ahead.
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(judged).toBe(160_000)
    expect(lead).toBeLessThanOrEqual(5)
  })
})

test('a file that may not be read says so', () => {
  const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  expect(cannotOpen('batch.csv', cause, []).message).toBe(
    'batch.csv: may not be read by this user; allow it, or run as another user',
  )
})

describe('several files', () => {
  test('are read by their first timestamps, whatever their names and the order given', async () => {
    await inFolder(async (cwd) => {
      await writeStill(join(cwd, 'a.csv'), HEADER + rows(2000, 4000))
      await writeStill(join(cwd, 'b.csv'), HEADER + rows(0, 2000))
      const { readings, tally } = await readAll(['a.csv', 'b.csv'], setupWith({ cwd }))
      expect(flows(readings)).toEqual(upTo(4000))
      expect(tally.late).toBe(0)
    })
  })

  test('fail together before anything is read when one of them is broken', async () => {
    await inFolder(async (cwd) => {
      await writeStill(join(cwd, 'a.csv'), HEADER + rows(0, 2))
      await writeStill(join(cwd, 'b.csv'), 'no,csv\n')
      const open = openReadings(['a.csv', 'b.csv'], setupWith({ cwd }))
      const first = open.batches[Symbol.asyncIterator]().next()
      await expect(first).rejects.toThrow('b.csv line 1: is no header ("no,csv")')
      expect(open.tally().rows).toBe(0)
    })
  })
})

describe('an inbox directory', () => {
  async function fill(cwd: string): Promise<void> {
    await mkdir(join(cwd, 'inbox'))
    await writeStill(join(cwd, 'inbox/new.csv'), HEADER + rows(1500, 3000))
    await writeStill(join(cwd, 'inbox/old.CSV'), HEADER + rows(0, 1500))
    await writeStill(join(cwd, 'inbox/fresh.csv'), HEADER + rows(3000, 3010), 1000)
    await writeStill(join(cwd, 'inbox/broken.csv'), 'nothing of interest\n')
    await writeStill(join(cwd, 'inbox/empty.csv'), HEADER)
    await writeStill(join(cwd, 'inbox/.hidden.csv'), HEADER + rows(0, 1))
    await writeStill(join(cwd, 'inbox/upload.csv.part'), HEADER + rows(0, 1))
    await mkdir(join(cwd, 'inbox/folder.csv'))
  }

  async function readInbox(cwd: string, watermarkMs: number | null = null) {
    const open = openReadings('inbox', setupWith({ cwd, watermarkMs }))
    const readings: Reading[] = []
    for await (const batch of open.batches) readings.push(...batch)
    return { open, readings }
  }

  test('is read by first timestamps; fresh files wait, broken ones do not stop the others', async () => {
    await inFolder(async (cwd) => {
      await fill(cwd)
      const { open, readings } = await readInbox(cwd)
      expect(flows(readings)).toEqual(upTo(3000))
      const outcomes = open.files().map(({ kind, file }) => `${file} ${kind}`)
      expect(outcomes.toSorted()).toEqual([
        'inbox/.hidden.csv ignored',
        'inbox/broken.csv failed',
        'inbox/empty.csv failed',
        'inbox/fresh.csv fresh',
        'inbox/new.csv read',
        'inbox/old.CSV read',
        'inbox/upload.csv.part ignored',
      ])
    })
  })

  test('is cleared when asked: read files go to processed/, broken ones to failed/ with the reason', async () => {
    await inFolder(async (cwd) => {
      await fill(cwd)
      const { open } = await readInbox(cwd)
      expect((await readdir(join(cwd, 'inbox'))).length).toBe(8)
      const settled = open.settle(MIB)
      expect(settled.kept).toEqual([])
      expect(settled.removed).toEqual([])
      expect((await readdir(join(cwd, 'inbox'))).sort()).toEqual(
        ['.hidden.csv', 'failed', 'folder.csv', 'fresh.csv', 'processed', 'upload.csv.part'].sort(),
      )
      expect((await readdir(join(cwd, 'inbox/processed'))).sort()).toEqual(['new.csv', 'old.CSV'])
      expect((await readdir(join(cwd, 'inbox/failed'))).sort()).toEqual([
        'broken.csv',
        'broken.csv.reason',
        'empty.csv',
        'empty.csv.reason',
      ])
      expect(await readFile(join(cwd, 'inbox/failed/empty.csv.reason'), 'utf8')).toBe(
        'inbox/empty.csv: has a header and no rows; check what writes it\n',
      )
    })
  })

  test('that was not cleared gives nothing twice in the next run, and can be cleared then', async () => {
    await inFolder(async (cwd) => {
      await fill(cwd)
      const first = await readInbox(cwd)
      const second = await readInbox(cwd, first.open.tally().watermarkMs)
      expect(second.readings).toEqual([])
      expect(second.open.tally().alreadyJudged).toBe(3000)
      expect(second.open.settle(MIB).moved).toHaveLength(4)
    })
  })

  test('that holds old rows again beside new ones has them judged before, not late', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'inbox'))
      await writeStill(join(cwd, 'inbox/all.csv'), HEADER + rows(0, 3000))
      await writeStill(join(cwd, 'inbox/again.csv'), HEADER + rows(100, 300))
      const { readings, open } = await readInbox(cwd, START_MS + 1999 * 60_000)
      expect(flows(readings)).toEqual(upTo(3000).slice(2000))
      expect(open.tally()).toMatchObject({ alreadyJudged: 2200, late: 0 })
    })
  })

  test('keeps a file that was written to after it was read', async () => {
    await inFolder(async (cwd) => {
      await fill(cwd)
      const { open } = await readInbox(cwd)
      await appendFile(join(cwd, 'inbox/new.csv'), rows(3000, 3001))
      const settled = open.settle(MIB)
      expect(settled.kept).toEqual([{ file: join(cwd, 'inbox/new.csv'), reason: 'was written to meanwhile' }])
      await stat(join(cwd, 'inbox/new.csv'))
    })
  })

  test('says which file cannot be moved, and why', async () => {
    await inFolder(async (cwd) => {
      await fill(cwd)
      await writeFile(join(cwd, 'inbox/processed'), 'a file where the folder should be')
      const settled = (await readInbox(cwd)).open.settle(MIB)
      expect(settled.moved).toHaveLength(2)
      expect(settled.kept.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('EEXIST'),
        expect.stringContaining('EEXIST'),
      ])
    })
  })

  test('keeps files of one name apart, and removes the oldest beyond the bound', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'inbox'))
      const settleDay = async (day: number, maxBytes: number) => {
        const path = join(cwd, 'inbox/day.csv')
        await writeStill(path, HEADER + rows(day * 10, day * 10 + 10))
        await utimes(path, START_MS / 1000 + day, START_MS / 1000 + day)
        return (await readInbox(cwd)).open.settle(maxBytes)
      }
      await settleDay(1, MIB)
      await settleDay(2, MIB)
      expect((await readdir(join(cwd, 'inbox/processed'))).sort()).toEqual(['day.2.csv', 'day.csv'])
      const { removed } = await settleDay(3, 900)
      expect(removed).toEqual([join(cwd, 'inbox/processed/day.csv')])
      expect((await readdir(join(cwd, 'inbox/processed'))).sort()).toEqual(['day.2.csv', 'day.3.csv'])
    })
  })

  test('may hold links, and nothing at all', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'inbox'))
      expect((await readInbox(cwd)).readings).toEqual([])
      await writeStill(join(cwd, 'elsewhere.csv'), HEADER + rows(0, 2))
      await symlink('../elsewhere.csv', join(cwd, 'inbox/link.csv'))
      await symlink('nowhere.csv', join(cwd, 'inbox/dangling.csv'))
      expect(flows((await readInbox(cwd)).readings)).toEqual([0, 1])
    })
  })
})

test('rows of a file that gives up in the middle of an inbox are read as far as they go', async () => {
  await inFolder(async (cwd) => {
    await mkdir(join(cwd, 'inbox'))
    const garbage = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256))
    await writeStill(join(cwd, 'inbox/a.csv'), Buffer.concat([Buffer.from(HEADER + rows(0, 3000)), garbage]))
    await writeStill(join(cwd, 'inbox/b.csv'), HEADER + rows(3000, 3100))
    const { readings, tally } = await readAll('inbox', setupWith({ cwd, columns: COLUMNS }))
    expect(flows(readings)).toEqual(upTo(3100))
    expect(tally.bad).toBeGreaterThan(0)
  })
})
