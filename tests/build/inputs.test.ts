import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type InputPaths, readInputs } from '../../build/inputs.ts'
import { ConfigurationFailure, failureLines } from '../../src/failure.ts'
import { testToken } from '../secrets/token.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WELL = join(ROOT, 'fixtures', 'well-1')
const paths: InputPaths = {
  pump: 'Well 1',
  baseline: join(WELL, 'baseline.csv'),
  columns: join(WELL, 'columns.json'),
  config: join(WELL, 'deployment.json'),
  model: join(ROOT, 'models', 'well-1'),
  tolerances: join(ROOT, 'fixtures', 'tolerances.json'),
  embedToken: false,
}

const folder = mkdtempSync(join(tmpdir(), 'inputs-'))
let files = 0

/** A changed copy of a JSON input. */
function changed(file: string, change: (value: Record<string, Record<string, unknown>>) => void): string {
  const value = JSON.parse(readFileSync(file, 'utf8'))
  change(value)
  return written(JSON.stringify(value))
}

function written(text: string, ending = 'json'): string {
  files += 1
  const file = join(folder, `input-${files}.${ending}`)
  writeFileSync(file, text)
  return file
}

/** The lines that packaging refuses these inputs with, their folders left out. */
async function refusal(changes: Partial<InputPaths>): Promise<string[]> {
  const error = await readInputs({ ...paths, ...changes }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConfigurationFailure)) throw new Error(`not refused, but ${error}`)
  return failureLines(error).map((line) => line.replaceAll(/[^ ]*\//g, ''))
}

describe('the inputs of Well 1', () => {
  test('are accepted, with the warning that its stated efficiency is not what its figures give', async () => {
    const inputs = await readInputs(paths)
    expect(inputs.warnings).toEqual([expect.stringMatching(/states an efficiency of 60 %, but .* give 55\.3 %/)])
    expect([inputs.grade.name, inputs.grade.reason]).toEqual(['1U', 'stated by the deployment'])
    expect(inputs.deployment.anomaly_reporting.debounce_minutes).toBe(60)
  })
})

describe('wrong inputs', () => {
  test('are refused all together, each mistake with its file, the path inside it and the mend', async () => {
    const lines = await refusal({
      config: changed(paths.config, (value) => {
        value['api'] = { ...value['api'], retry_atempts: 3 }
        value['pump'] = { ...value['pump'], tolerance_category: 7 }
      }),
      columns: changed(paths.columns, (value) => {
        value['quantities'] = { flow: { column: 'Flow', unit: 'gmp' } }
      }),
      tolerances: join(folder, 'none.json'),
      model: join(folder, 'nowhere'),
    })
    expect(lines).toEqual([
      expect.stringMatching(/^input-\d+\.json: api: unknown key retry_atempts; did you mean retry_attempts\?$/),
      expect.stringMatching(/^input-\d+\.json: pump\.tolerance_category: is 7; it must be a string$/),
      'none.json: does not exist; correct the path',
      expect.stringMatching(/^input-\d+\.json: quantities\.flow.*gmp.*gpm/),
      'model.onnx: does not exist; correct the path',
      'metadata.json: does not exist; correct the path',
    ])
  })

  test.each<[string, (value: Record<string, Record<string, unknown>>) => void, RegExp]>([
    [
      'an unknown grade',
      (v) => Object.assign(v['pump'] ?? {}, { tolerance_category: '1X' }),
      /pump\.tolerance_category: no category 1X.*; /,
    ],
    [
      'plain http to another machine',
      (v) => Object.assign(v['api'] ?? {}, { base_url: 'http://api.example.com' }),
      /api\.base_url: plain http.*; use https/,
    ],
    [
      'a client certificate without its key',
      (v) => Object.assign(v['api'] ?? {}, { client_cert_file: 'c.pem' }),
      /api\.client_key_file: is missing; a client certificate takes both files/,
    ],
    [
      'windows out of order',
      (v) => Object.assign(v, { judgement: { windows_hours: [6, 1, 24] } }),
      /judgement\.windows_hours: are 6, 1, 24; write them in rising order/,
    ],
    ['too few spreads', (v) => Object.assign(v, { judgement: { z: [5] } }), /judgement\.z: has 1 values; give 4/],
    [
      'a running channel that is not mapped',
      (v) => Object.assign(v, { judgement: { running: { channel: 'run' } } }),
      /judgement\.running\.channel: 'run' is no channel/,
    ],
    [
      'two powers that disagree',
      (v) => Object.assign(v['pump'] ?? {}, { rated_power_kw: 55 }),
      /pump\.horsepower: is 17\.9 kW, and rated_power_kw says 55; state one of the two/,
    ],
    [
      'a time zone that does not exist',
      (v) => Object.assign(v['site_info'] ?? {}, { time_zone: 'America/Los_Angles' }),
      /unknown time zone America\/Los_Angles; did you mean America\/Los_Angeles\?/,
    ],
  ])('are named: %s', async (_, change, line) => {
    const error = await readInputs({ ...paths, config: changed(paths.config, change) }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigurationFailure)
    expect(failureLines(error as ConfigurationFailure)).toEqual([expect.stringMatching(line)])
  })

  test('a token is refused unless it is to be embedded, and a placeholder is no token', async () => {
    const withToken = (token: string) => {
      const value = JSON.parse(readFileSync(paths.config, 'utf8'))
      const file = join(folder, 'with-token.json')
      writeFileSync(file, JSON.stringify({ ...value, api: { ...value.api, bearer_token: token } }))
      return file
    }
    const secret = testToken('embedded')
    const lines = await refusal({ config: withToken(secret) })
    expect(lines).toEqual([expect.stringMatching(/api\.bearer_token: holds a token.*--embed-token$/)])
    expect(lines.join()).not.toContain(secret)
    expect((await readInputs({ ...paths, config: withToken(secret), embedToken: true })).deployment.api.bearer_token).toBe(secret)
    expect((await readInputs({ ...paths, config: withToken('YOUR_TOKEN') })).deployment.api.bearer_token).toBe(null)
  })

  test('a pump that the baseline does not have is refused with those that it has', async () => {
    expect(await refusal({ pump: 'Well 2' })).toEqual([expect.stringMatching(/baseline\.csv: .*has no row of Well 2; .*Well 1/)])
  })

  test('a model that another training made is refused', async () => {
    const model = join(folder, 'mixed')
    mkdirSync(model)
    for (const name of ['metadata.json', 'scaler.json']) copyFileSync(join(String(paths.model), name), join(model, name))
    writeFileSync(join(model, 'model.onnx'), 'not the model')
    expect(await refusal({ model })).toEqual([expect.stringMatching(/^metadata\.json: sha256: is not that of model\.onnx; /)])
  })

  test('a model of 500 MB is refused by its size, without being read', async () => {
    const model = join(folder, 'huge')
    mkdirSync(model)
    for (const name of ['metadata.json', 'scaler.json']) copyFileSync(join(String(paths.model), name), join(model, name))
    writeFileSync(join(model, 'model.onnx'), '')
    truncateSync(join(model, 'model.onnx'), 500e6)
    expect(await refusal({ model })).toEqual([
      'model.onnx: is 500 MB, and a device takes at most 100 MB; train fewer or shallower trees',
    ])
  })

  test('a model whose features the columns do not give is refused by name', async () => {
    const columns = changed(paths.columns, (value) => {
      value['quantities'] = { flow: { column: 'Flow (gpm)', unit: 'gpm' } }
      value['channels'] = {}
    })
    const config = changed(paths.config, (value) => Object.assign(value, { judgement: {} }))
    const lines = await refusal({ columns, config })
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines)
      expect(line).toMatch(
        /^metadata\.json: features\[\d+\]: ".*" needs "(head|power|efficiency)", which the columns do not give; /,
      )
  })
})
