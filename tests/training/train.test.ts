import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainingLives } from '../../fixtures/simulator/well-1-files.ts'
import { createFeatures } from '../../src/model/features.ts'
import { type ModelMetadata, modelMetadataSchema, type ScalerParameters, scalerSchema } from '../../src/model/metadata.ts'
import { scaleInto } from '../../src/model/scaler.ts'
import { readPump } from '../../src/training/inputs.ts'
import { sha256 } from '../../src/training/model-files.ts'
import { readRun } from '../../src/training/run-points.ts'
import { trainCommand } from '../../src/training/train.ts'

const ROOT = join(import.meta.dirname, '../..')
const WELL = ['--columns', join(ROOT, 'fixtures/well-1/columns.json'), '--baseline', join(ROOT, 'fixtures/well-1/baseline.csv')]

let folder: string
let lives: string[]

function liveFiles(directory: string, count: number): string[] {
  mkdirSync(directory)
  return [...trainingLives(1, count)].map(({ name, csv }) => {
    writeFileSync(join(directory, name), csv)
    return join(directory, name)
  })
}

async function train(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const io = {
    stdout: (text: string) => {
      said.stdout += text
    },
    stderr: (text: string) => {
      said.stderr += text
    },
    cwd: folder,
    env: {},
  }
  return { code: await trainCommand.run(argv, io), ...said }
}

const trainOn = (files: readonly string[], out: string, ...rest: string[]) =>
  train('--data', ...files, '--label', 'label', '--rul', 'days_to_failure', ...WELL, '--out', out, ...rest)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-train-'))
  lives = liveFiles(join(folder, 'lives'), 20)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('train', () => {
  test('writes a model whose files fit their schemas and each other', async () => {
    const { code, stdout, stderr } = await trainOn(lives, 'model', '--trees', '10')
    expect(code).toBe(0)
    expect(stdout).toMatch(/on runs that it has not seen: accuracy 9\d\.\d %/)
    expect(stderr).toContain('states an efficiency of 60 %')
    const metadata = modelMetadataSchema.parse(JSON.parse(readFileSync(join(folder, 'model/metadata.json'), 'utf8')))
    const scaler = scalerSchema.parse(JSON.parse(readFileSync(join(folder, 'model/scaler.json'), 'utf8')))
    expect(scaler.features).toEqual(metadata.features)
    expect(metadata).toMatchObject({
      name: 'model',
      classes: ['normal', 'cavitation', 'clogging', 'motor_fault', 'wear'],
      failure_classes: ['cavitation', 'clogging', 'motor_fault', 'wear'],
      window: 168,
      sha256: sha256(readFileSync(join(folder, 'model/model.onnx'))),
    })
  })

  test('gives identical files for the same seed and others for another', async () => {
    await trainOn(lives, 'once', '--trees', '5', '--name', 'x')
    await trainOn(lives, 'again', '--trees', '5', '--name', 'x')
    await trainOn(lives, 'other', '--trees', '5', '--name', 'x', '--seed', '2')
    for (const file of ['model.onnx', 'scaler.json', 'metadata.json']) {
      expect(readFileSync(join(folder, 'again', file))).toEqual(readFileSync(join(folder, 'once', file)))
    }
    expect(readFileSync(join(folder, 'other/model.onnx'))).not.toEqual(readFileSync(join(folder, 'once/model.onnx')))
  })

  test('beats the models that need no training, on runs that it has not seen', async () => {
    await trainOn(lives, 'measured', '--trees', '20')
    const { metrics } = JSON.parse(readFileSync(join(folder, 'measured/metadata.json'), 'utf8')) as ModelMetadata
    const { held_out, trivial } = metrics as Record<'held_out' | 'trivial', Record<string, never>>
    expect(held_out['log_loss']).toBeLessThan(trivial['always_the_shares']?.['log_loss'] ?? 0)
    expect(held_out['balanced_accuracy']).toBeGreaterThan(trivial['nearest_mean']?.['balanced_accuracy'] ?? 1)
  })

  test('takes features by name and balances classes when told so', async () => {
    const features = ['--features', 'flow.deviation,power.deviation.mean6']
    await trainOn(lives, 'small', '--trees', '3', ...features, '--class-weight', 'balanced')
    expect(JSON.parse(readFileSync(join(folder, 'small/metadata.json'), 'utf8'))).toMatchObject({
      features: ['flow.deviation', 'power.deviation.mean6'],
      window: 6,
    })
  })

  test.each([
    [['--out', 'x'], '--data is missing'],
    [['--data', 'a.csv', '--kind', 'tree'], '--kind: is tree; use forest'],
    [['--data', 'a.csv', '--tree', '5'], 'unknown option --tree; did you mean --trees?'],
    [['--data', 'a.csv', '--trees', '1.5'], '--trees: is 1.5; give a whole number'],
    [['--data', 'a.csv', '--features', 'flow.std1'], '"flow.std1" is not a feature'],
  ])('refuses %j in one line that names the mend', async (argv, message) => {
    const all = [...argv, '--label', 'label', ...WELL, ...(argv.includes('--out') ? [] : ['--out', 'x'])]
    await expect(train(...all)).rejects.toThrow(message)
  })

  test('refuses data that it cannot learn from, and says why', async () => {
    const on = (files: string[], label = 'label') => train('--data', ...files, '--label', label, ...WELL, '--out', 'x')
    await expect(on([lives[4] as string])).rejects.toThrow('have the class "normal" only')
    await expect(on(lives.slice(0, 2))).rejects.toThrow('are 2 runs; give at least 4')
    await expect(on(lives, 'labell')).rejects.toThrow('has no column "labell"; did you mean "label"?')
    await expect(on(['nowhere.csv'])).rejects.toThrow('nowhere.csv')
  })
})

describe('the committed model of Well 1', () => {
  const directory = join(ROOT, 'models/well-1')
  const metadata = JSON.parse(readFileSync(join(directory, 'metadata.json'), 'utf8')) as ModelMetadata
  const scaler = JSON.parse(readFileSync(join(directory, 'scaler.json'), 'utf8')) as ScalerParameters

  test('is what generator and trainer make, byte for byte', async () => {
    const files = liveFiles(join(folder, 'all'), 200)
    await trainOn(files, 'well-1', '--description', metadata.description)
    for (const file of ['model.onnx', 'scaler.json', 'metadata.json']) {
      expect(readFileSync(join(folder, 'well-1', file)).equals(readFileSync(join(directory, file))), file).toBe(true)
    }
  }, 120_000)

  test('says normal of the healthy sample and recognises the wear of the degrading one', async () => {
    const files = { columns: 'fixtures/well-1/columns.json', baseline: 'fixtures/well-1/baseline.csv', pump: null }
    const pump = readPump({ ...files, config: 'fixtures/well-1/deployment.json', tolerances: 'fixtures/tolerances.json' }, ROOT)
    const setup = { ...pump, labelColumn: 'timestamp', normal: 'normal', rulColumn: null, cwd: ROOT }
    const { points: healthy } = await readRun('fixtures/well-1/healthy.csv', setup)
    const { points: degrading } = await readRun('fixtures/well-1/degrading.csv', setup)
    const features = createFeatures(metadata.features, null)
    const rows = [...healthy, ...degrading].map(({ point }) => features.push(point)).filter((row) => row.kind === 'ready')
    const matrix = new Float32Array(rows.length * scaler.features.length)
    for (const [index, { values }] of rows.entries()) scaleInto(values, scaler, matrix, index * scaler.features.length)
    const session = await InferenceSession.create(join(directory, 'model.onnx'))
    const output = await session.run({ input: new Tensor('float32', matrix, [rows.length, scaler.features.length]) })
    const probabilities = output['probabilities']?.data as Float32Array
    const of = (row: number, name: string) =>
      probabilities[row * metadata.classes.length + metadata.classes.indexOf(name)] as number
    for (let row = 0; row < healthy.length - 167; row++) expect(of(row, 'normal')).toBeGreaterThan(0.7)
    expect(of(rows.length - 1, 'wear')).toBeGreaterThan(0.9)
  })
})
