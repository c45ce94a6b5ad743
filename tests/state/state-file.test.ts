import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { loadState, saveState } from '../../src/state/state-file.ts'
import { testFolder } from './folder.ts'

const OWNER = { siteId: 12, pumpId: 1 }

test('a first start is fresh and says nothing', () => {
  expect(loadState(testFolder(), OWNER)).toEqual({ kind: 'fresh', payload: null, note: null })
})

test('what was saved comes back', () => {
  const folder = testFolder()
  const payload = { watermark_ms: 1_752_621_906_000, history: [1.5, Number.MIN_VALUE, -0.1], text: 'η ≥ 0\n"' }
  saveState(folder, OWNER, payload)
  expect(loadState(folder, OWNER)).toEqual({ kind: 'loaded', payload, note: null })
})

test('whichever byte of the state is flipped, the generation before it is used and the note says so', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2, note: 'η' })
  const path = join(folder, 'state.json')
  const sound = readFileSync(path)
  for (let position = 0; position < sound.length; position += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const damaged = Buffer.from(sound)
      damaged[position] = (sound[position] ?? 0) ^ (1 << bit)
      writeFileSync(path, damaged)
      const loaded = loadState(folder, OWNER)
      expect([position, bit, loaded.kind, loaded.payload]).toEqual([position, bit, 'previous', { run: 1 }])
      expect(loaded.note).toContain('is damaged; went on from the run before')
    }
  }
})

test('wherever the state is cut off, the generation before it is used', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  const path = join(folder, 'state.json')
  const sound = readFileSync(path)
  for (let length = 0; length < sound.length; length += 1) {
    writeFileSync(path, sound.subarray(0, length))
    expect([length, loadState(folder, OWNER).payload]).toEqual([length, { run: 1 }])
  }
})

test('zeros in place of the content, as a power cut may leave them, are damage', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  writeFileSync(join(folder, 'state.json'), Buffer.alloc(200))
  expect(loadState(folder, OWNER)).toMatchObject({ kind: 'previous', payload: { run: 1 } })
})

test('a missing newest generation is said too', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  rmSync(join(folder, 'state.json'))
  expect(loadState(folder, OWNER)).toMatchObject({
    kind: 'previous',
    payload: { run: 1 },
    note: expect.stringContaining('is missing'),
  })
})

test('with both generations damaged the run starts fresh and says so', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  writeFileSync(join(folder, 'state.json'), 'x')
  writeFileSync(join(folder, 'state.previous.json'), 'y')
  expect(loadState(folder, OWNER)).toMatchObject({ kind: 'fresh', payload: null, note: expect.stringContaining('empty history') })
})

test('a damaged state never pushes out the sound one before it', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  writeFileSync(join(folder, 'state.json'), 'damaged')
  saveState(folder, OWNER, { run: 3 })
  rmSync(join(folder, 'state.json'))
  expect(loadState(folder, OWNER)).toMatchObject({ payload: { run: 1 } })
})

test('the state of a newer program is refused with exit code 78, not thrown away', () => {
  const folder = testFolder()
  const head = '{"schema_version":2,"site_id":12,"pump_id":1'
  const payload = '{"run":9}'
  const checksum = crc32(`${head}\n${payload}`).toString(16).padStart(8, '0')
  writeFileSync(join(folder, 'state.json'), `${head},"crc32":"${checksum}","payload":${payload}}\n`)
  expect(() => loadState(folder, OWNER)).toThrow(
    expect.objectContaining({ exitCode: 78, message: expect.stringContaining('newer program') }),
  )
})

test("another pump's state is refused with the option that helps", () => {
  const folder = testFolder()
  saveState(folder, { siteId: 12, pumpId: 2 }, { run: 1 })
  expect(() => loadState(folder, OWNER)).toThrow(
    expect.objectContaining({ exitCode: 78, message: expect.stringMatching(/belongs to pump 2 of site 12.*--state-dir/) }),
  )
})

test('a state that is there and cannot be read is exit code 73, not a fresh start', () => {
  const folder = testFolder()
  saveState(folder, OWNER, { run: 1 })
  saveState(folder, OWNER, { run: 2 })
  rmSync(join(folder, 'state.json'))
  // A folder of that name stands for anything that the system refuses to read.
  mkdirSync(join(folder, 'state.json'))
  expect(() => loadState(folder, OWNER)).toThrow(expect.objectContaining({ exitCode: 73 }))
})
