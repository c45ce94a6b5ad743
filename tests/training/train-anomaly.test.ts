import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkModel } from '../../src/model/check-model.ts'
import { type ModelMetadata, modelMetadataSchema, type ScalerParameters, scalerSchema } from '../../src/model/metadata.ts'
import { openSession } from '../../src/model/session.ts'
import { datasetOf } from '../../src/training/dataset.ts'
import { readPump } from '../../src/training/inputs.ts'
import { createRandom } from '../../src/training/random.ts'
import { readRun } from '../../src/training/run-points.ts'
import { scaledMatrix } from '../../src/training/scaler-fit.ts'
import { trainCommand } from '../../src/training/train.ts'

const ROWS = 700
const COLUMNS = {
  timestamp: 'time',
  quantities: { flow: { column: 'flow', unit: 'm3/h' } },
  channels: {
    vibration: { column: 'vibration', unit: 'g' },
    temperature: { column: 'temperature', unit: '°C' },
    valve: { column: 'valve', unit: null },
  },
}

let folder: string

/** A pump at 100 m³/h, a reading a minute; from row 500 on with shifts added. */
function csvOf(seed: number, shift: { flow?: number; vibration?: number; temperature?: number } = {}): string {
  const random = createRandom(seed)
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const later = row < 500 ? 0 : 1
    return [
      new Date(Date.UTC(2024, 0, 1) + row * 60_000).toISOString(),
      100 + random.normal() + later * (shift.flow ?? 0),
      0.3 + 0.02 * random.normal() + later * (shift.vibration ?? 0),
      60 + 0.1 * random.normal() + later * (shift.temperature ?? 0),
      0,
    ].join()
  })
  return `time,flow,vibration,temperature,valve\n${rows.join('\n')}\n`
}

async function train(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const stdout = (text: string) => {
    said.stdout += text
  }
  const stderr = (text: string) => {
    said.stderr += text
  }
  const pump = ['--columns', 'columns.json', '--baseline', 'baseline.csv', '--pump', 'P1']
  await trainCommand.run(['--kind', 'anomaly', ...argv, ...pump], { stdout, stderr, cwd: folder, env: {} })
  return said
}

interface Model {
  readonly onnx: Uint8Array
  readonly metadata: ModelMetadata
  readonly scaler: ScalerParameters
}

function modelIn(name: string): Model {
  const read = (file: string) => readFileSync(join(folder, name, file))
  return {
    onnx: read('model.onnx'),
    metadata: modelMetadataSchema.parse(JSON.parse(String(read('metadata.json')))),
    scaler: scalerSchema.parse(JSON.parse(String(read('scaler.json')))),
  }
}

/** The scores of a file's rows with full windows, by the session of the device. */
async function scoresOf(model: Model, file: string): Promise<Float32Array> {
  const pump = { columns: 'columns.json', baseline: 'baseline.csv', pump: 'P1', config: null, tolerances: null }
  const { columns, setup } = readPump(pump, folder)
  const run = await readRun(file, { columns, setup, labelColumn: null, normal: 'normal', rulColumn: null, cwd: folder })
  const dataset = datasetOf([run], model.scaler.features, 'normal')
  const session = await openSession(ort, model.onnx, model.metadata)
  const { score } = await session.run(scaledMatrix(dataset, model.scaler), dataset.rows)
  return score ?? new Float32Array()
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-anomaly-'))
  writeFileSync(join(folder, 'columns.json'), JSON.stringify(COLUMNS))
  writeFileSync(join(folder, 'baseline.csv'), 'pump,flow (m3/h)\nP1,100\n')
  writeFileSync(join(folder, 'healthy.csv'), csvOf(1))
  writeFileSync(join(folder, 'other.csv'), csvOf(2))
  writeFileSync(join(folder, 'less.csv'), csvOf(2, { flow: -4 }))
  writeFileSync(join(folder, 'rough.csv'), csvOf(2, { vibration: 0.15 }))
  await train('--data', 'healthy.csv', '--out', 'shift')
  await train('--data', 'healthy.csv', '--out', 'pca', '--detector', 'pca')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(['shift', 'pca'])('the detector %s, trained on health alone', (name) => {
  test('fits its schemas, and passes the check before packaging', async () => {
    const { onnx, metadata, scaler } = modelIn(name)
    expect(metadata).toMatchObject({ kind: 'anomaly-score', classes: [], outputs: { score: 'score' }, features: scaler.features })
    const sample = Float32Array.from({ length: 16 * scaler.features.length }, (_, i) => 3 * Math.sin(i))
    expect(await checkModel(ort, onnx, metadata, sample)).toEqual([])
  })

  test('leaves another healthy run alone, and finds what has changed in flow or in a channel', async () => {
    const model = modelIn(name)
    const over = async (file: string, from: number, to: number) => {
      const scores = (await scoresOf(model, file)).slice(from, to)
      return scores.filter((score) => score > (model.metadata.threshold ?? Number.NaN)).length / scores.length
    }
    expect(await over('other.csv', 0, 500)).toBeLessThan(0.02)
    expect(await over('less.csv', -100, ROWS)).toBeGreaterThan(name === 'shift' ? 0.99 : 0.3)
    expect(await over('rough.csv', -100, ROWS)).toBeGreaterThan(0.95)
  })

  test('gives identical files for identical data', async () => {
    await train('--data', 'healthy.csv', '--out', `again-${name}`, '--detector', name, '--name', name)
    for (const file of ['model.onnx', 'scaler.json', 'metadata.json'])
      expect(readFileSync(join(folder, `again-${name}`, file))).toEqual(readFileSync(join(folder, name, file)))
  })

  test('has a threshold that none of the readings it learnt from passes, at the level that counts', async () => {
    const { metrics } = modelIn(name).metadata
    expect(metrics).toMatchObject({ healthy: { runs: 1 }, learnt_on_three_quarters: { rows: 175, alarm_share: 0 } })
  })
})

describe('the detector of shifts', () => {
  const ask = async (rows: readonly (readonly number[])[]) => {
    const { onnx, metadata } = modelIn('shift')
    // Signals: flow.deviation, vibration, temperature; given as blocks of 25 readings in tolerances, the newest first.
    const features = rows.flatMap((blocks) =>
      [blocks, [], []].flatMap((signal) => {
        let sum = 0
        return Array.from({ length: 8 }, (_, k) => {
          sum += signal[k] ?? 0
          return sum / (k + 1)
        })
      }),
    )
    return (await (await openSession(ort, onnx, metadata)).run(Float32Array.from(features), rows.length)).score
  }

  test('scores the newest block in tolerances, and calls an excursion over once 30 % of its height are left', async () => {
    const scores = await ask([[0.5], [-2], [2, 10], [4, 10], [2, 0, 0, 0, 0, 0, 0, 10], [-1, -1, -1]])
    expect([...(scores ?? [])]).toEqual([0.5, 2, 2 / 3, 4 / 3, 2 / 3, 1].map((score) => expect.closeTo(score, 5)))
  })

  test('gives a row the same bits alone and among others', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => Array.from({ length: 8 }, (_, k) => 3 * Math.sin(row * 8.3 + k * k)))
    const together = await ask(rows)
    for (const [index, row] of rows.entries()) expect((await ask([row]))?.[0]).toBe(together?.[index])
  })

  test('tells what it looks at, and leaves out what never moves', async () => {
    const { stdout, stderr } = await train('--data', 'healthy.csv', '--out', 'said')
    expect(stdout).toMatch(/flow\.deviation: -?0\.\d+ ± 0\.8\n/)
    expect(stdout).toContain('temperature: 60 ± 3\n')
    expect(stderr).toContain('valve is left out: it never moves, and nothing tells how far it may (--least NAME=X does)\n')
  })

  test('takes the least shift that counts from the one who knows the pump', async () => {
    const { stdout } = await train('--data', 'healthy.csv', '--out', 'least', '--least', 'temperature=8,valve=1')
    expect(stdout).toContain('temperature: 60 ± 8\n')
    expect(stdout).toContain('valve: 0 ± 1\n')
  })

  test('refuses a name that it does not learn, data that are too short, and options of other kinds', async () => {
    await expect(train('--data', 'healthy.csv', '--out', 'x', '--least', 'temperatur=8')).rejects.toThrow(
      '--least: names temperatur, which is not learnt; did you mean temperature?',
    )
    writeFileSync(join(folder, 'short.csv'), csvOf(1).split('\n').slice(0, 151).join('\n'))
    await expect(train('--data', 'short.csv', '--out', 'x')).rejects.toThrow('has no row with full windows (150 readings in all)')
    await expect(train('--data', 'healthy.csv', '--out', 'x', '--label', 'l')).rejects.toThrow('unknown option --label')
  })
})
