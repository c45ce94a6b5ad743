import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type DirectoryHints,
  ensureFolder,
  openStateDirectory,
  otherStateDirectories,
  stateDirectories,
} from '../../src/state/directory.ts'
import { testFolder } from './folder.ts'

const USER = { id: process.geteuid?.() ?? 0, command: ['./well1', 'batch of today.csv'] }
const isRoot = USER.id === 0

const hints = (changes: Partial<DirectoryHints>): DirectoryHints => ({
  option: null,
  env: {},
  folder: 'well-1',
  userId: 1000,
  home: '/users/operator',
  cwd: '/site',
  ...changes,
})

test('the first source that applies names the state directory', () => {
  const env = { PUMP_MONITOR_STATE_DIR: '/a', STATE_DIRECTORY: '/b:/c', XDG_STATE_HOME: '/d' }
  const first = (changes: Partial<DirectoryHints>) => stateDirectories(hints(changes))[0]
  expect(first({ option: 'here', env })).toEqual({ path: '/site/here', because: '--state-dir' })
  expect(first({ env })).toEqual({ path: '/a', because: '$PUMP_MONITOR_STATE_DIR' })
  expect(first({ env: { ...env, PUMP_MONITOR_STATE_DIR: '' } })).toEqual({ path: '/b', because: "systemd's $STATE_DIRECTORY" })
  expect(first({ userId: 0, env: { XDG_STATE_HOME: '/d' } }).path).toBe('/var/lib/pump-monitor/well-1')
  expect(first({ env: { XDG_STATE_HOME: '/d' } }).path).toBe('/d/pump-monitor/well-1')
  expect(first({ env: { XDG_STATE_HOME: 'relative' } }).path).toBe('/users/operator/.local/state/pump-monitor/well-1')
  expect(first({}).path).toBe('/users/operator/.local/state/pump-monitor/well-1')
  expect(first({ home: null }).path).toBe('/var/lib/pump-monitor/well-1')
})

test('other directories are named only where they exist', () => {
  const home = testFolder()
  const option = join(home, 'chosen')
  expect(otherStateDirectories(hints({ home, option }))).toEqual([])
  mkdirSync(join(home, '.local/state/pump-monitor/well-1'), { recursive: true })
  expect(otherStateDirectories(hints({ home, option })).map(({ because }) => because)).toEqual(['the default'])
})

test('a missing directory is created for its owner only', () => {
  const path = join(testFolder(), 'a/b/c')
  openStateDirectory(path, USER)
  openStateDirectory(path, USER)
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a directory that others could write into is closed to them', () => {
  const path = join(testFolder(), 'open')
  mkdirSync(path)
  chmodSync(path, 0o777)
  openStateDirectory(path, USER)
  expect(statSync(path).mode & 0o777).toBe(0o755)
})

test('a file in place of the directory, or of a folder in it, is exit code 73 and named as what it is', () => {
  const path = join(testFolder(), 'file')
  writeFileSync(path, '')
  const refused = expect.objectContaining({ exitCode: 73, message: expect.stringContaining(`${path}: is no directory; move`) })
  expect(() => openStateDirectory(path, USER)).toThrow(refused)
  expect(() => ensureFolder(path)).toThrow(refused)
})

test.runIf(isRoot)("root is refused on another user's directory, with the command that works", () => {
  const path = join(testFolder(), 'theirs')
  mkdirSync(path)
  chownSync(path, 54_321, 54_321)
  expect(() => openStateDirectory(path, USER)).toThrow(
    expect.objectContaining({ exitCode: 78, message: expect.stringContaining("sudo -u '#54321' ./well1 'batch of today.csv'") }),
  )
})

test.runIf(isRoot)("a user is refused on root's directory", () => {
  const path = join(testFolder(), 'of root')
  mkdirSync(path)
  expect(() => openStateDirectory(path, { ...USER, id: 1000 })).toThrow(
    expect.objectContaining({ message: expect.stringContaining('sudo -u root') }),
  )
})
