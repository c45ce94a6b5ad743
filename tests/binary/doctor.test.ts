import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { testToken } from '../secrets/token.ts'
import { apiFor, reporting, TOKEN } from './api.ts'
import { failingHours } from './device.ts'
import { fileIn, packaged, scratch } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'

async function doctor(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await runProgram(await packaged(HOST), { args: ['doctor', '--json', ...args], env })
  expect(stderr).toBe('')
  const lines = JSON.parse(stdout) as { check: string; level: string; text: string; mend: string | null }[]
  return { code, levels: Object.fromEntries(lines.map(({ check, level }) => [check, level])), lines }
}

describe.runIf(canRun(HOST))('doctor', () => {
  test('finds nothing wrong where nothing is', async () => {
    const folder = scratch()
    const api = await apiFor(folder)
    const { args, env } = reporting(api, folder)
    const { code, levels } = await doctor(args, env)
    await api.close()
    expect(code).toBe(0)
    expect(levels).toMatchObject({
      executable: 'ok',
      configuration: 'ok',
      state: 'ok',
      losses: 'ok',
      model: 'ok',
      token: 'ok',
      API: 'ok',
      clock: 'ok',
    })
  })

  test('fails on a byte of the bundle that no run uses, and a run on one that it uses', async () => {
    const folder = scratch()
    const whole = readFileSync(await packaged(HOST))
    const changed = (text: string) => {
      const copy = Buffer.from(whole)
      const at = copy.lastIndexOf(text)
      expect(at).toBeGreaterThan(0)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      const file = join(folder, 'changed')
      writeFileSync(file, copy, { mode: 0o755 })
      return file
    }
    const args = ['--state-dir', join(folder, 'state')]
    const readings = failingHours(1, folder)
    const unused = changed('# Well 1')
    expect((await runProgram(unused, { args: [readings, ...args] })).code).toBe(0)
    const { code, stdout } = await runProgram(unused, { args: ['doctor', '--json', ...args] })
    const lines = JSON.parse(stdout) as { check: string; level: string; text: string }[]
    expect(code).toBe(78)
    expect(lines.find(({ check }) => check === 'executable')).toMatchObject({
      level: 'fail',
      text: expect.stringContaining('its pump bundle was altered'),
    })
    const used = await runProgram(changed('"flow_m3h"'), { args: [readings, ...args] })
    expect(used.code).toBe(78)
    expect(used.stderr).toMatch(/^\S+: .* in its pump bundle is not what the manifest lists; copy the executable again [^\n]*\n$/)
  })

  test('fails, with the mend, when the API refuses the token', async () => {
    const folder = scratch()
    const api = await apiFor(folder)
    const { args, env } = reporting(api, folder)
    const { code, lines } = await doctor(args, { ...env, ANOMALY_API_TOKEN: testToken('another') })
    await api.close()
    expect(code).toBe(78)
    expect(lines.find(({ check }) => check === 'API')).toMatchObject({ level: 'fail', mend: expect.stringContaining('token') })
  })

  test('fails when nothing answers at the address of the API, and warns without a token', async () => {
    const folder = scratch()
    const api = await apiFor(folder)
    await api.close()
    const { args, env } = reporting(api, folder)
    expect((await doctor(args, env)).levels['API']).toBe('fail')
    const { ANOMALY_API_TOKEN: _, ...without } = env
    expect(await doctor(args, without)).toMatchObject({ code: 0, levels: { token: 'warn', API: 'warn' } })
  })

  test('fails on a token file that others can read, and never shows the token', async () => {
    const folder = scratch()
    const api = await apiFor(folder)
    const token = fileIn(folder, 'token', TOKEN)
    chmodSync(token, 0o644)
    const overlay = fileIn(folder, 'overlay.json', JSON.stringify({ api: { base_url: api.url, token_file: token } }))
    const args = ['--state-dir', join(folder, 'state'), '--config', overlay, '--allow-insecure-loopback']
    const { code, lines } = await doctor(args, { PATH: process.env['PATH'] ?? '' })
    await api.close()
    expect(code).toBe(78)
    expect(lines.find(({ check }) => check === 'token')).toMatchObject({ level: 'fail', mend: `run: chmod 600 ${token}` })
    expect(JSON.stringify(lines)).not.toContain(TOKEN)
  })
})
