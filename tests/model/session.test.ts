import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { predictionOf } from '../../src/model/answer.ts'
import { checkModel } from '../../src/model/check-model.ts'
import type { ModelMetadata } from '../../src/model/metadata.ts'
import { openSession } from '../../src/model/session.ts'
import { FOREST } from './forest-metadata.ts'

const { onnx } = onnxProto
type OnnxModel = InstanceType<typeof onnx.ModelProto>

/** What scikit-learn answers (fixtures/sklearn/make.py). */
interface Expected {
  readonly rows: number[][]
  readonly answers: Readonly<Record<string, { readonly classes: string[]; readonly probabilities: number[][] }>> & {
    readonly isolation: { readonly decision_function: number[] }
  }
}

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'sklearn')
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected
const FOUR = 4
const rows = Float32Array.from(expected.rows.slice(0, FOUR).flat())
const { isolation, ...classifiers } = expected.answers
const classesOf = (name: string): string[] => classifiers[name]?.classes ?? []

const fileOf = (name: string): Uint8Array => readFileSync(join(folder, `${name}.onnx`))

const classifier: ModelMetadata = { ...FOREST, classes: classesOf('forest') }

const scorer: ModelMetadata = {
  ...classifier,
  kind: 'anomaly-score',
  classes: [],
  failure_classes: [],
  outputs: { probabilities: null, score: 'scores', rul_days: null },
  score_sign: -1,
  threshold: 0,
}

/** The forest of scikit-learn with something changed in it. */
function changed(change: (model: OnnxModel) => void): Uint8Array {
  const model = onnx.ModelProto.decode(fileOf('forest'))
  change(model)
  return onnx.ModelProto.encode(model).finish()
}

const operator = (model: OnnxModel) => {
  const node = model.graph?.node?.[0]
  if (node == null) throw new Error('the forest has no operator')
  return node
}

const weights = (model: OnnxModel): number[] => {
  const attribute = operator(model).attribute?.find(({ name }) => name === 'class_weights')
  if (attribute?.floats == null) throw new Error('the forest has no weights')
  return attribute.floats
}

beforeAll(() => {
  ort.env.logLevel = 'fatal'
})

describe('a session', () => {
  test.each(Object.keys(classifiers))("gives scikit-learn's own probabilities to 1e-5: %s", async (name) => {
    const { classes, probabilities: own } = classifiers[name] as { classes: string[]; probabilities: number[][] }
    const metadata = { ...classifier, classes, failure_classes: classes.slice(-1) }
    const all = Float32Array.from(expected.rows.flat())
    const output = await (await openSession(ort, fileOf(name), metadata)).run(all, own.length)
    for (const [row, probabilities] of own.entries()) {
      const prediction = predictionOf(output, row, metadata)
      for (const [column, label] of classes.entries()) {
        expect(Math.abs((prediction.probabilities[label] ?? Number.NaN) - (probabilities[column] ?? 0))).toBeLessThan(1e-5)
      }
      expect(probabilities[classes.indexOf(prediction.class)]).toBeCloseTo(Math.max(...probabilities), 5)
      expect(prediction.confidence).toBe(prediction.probability)
    }
  })

  test("turns the sign of scikit-learn's decision function, so that what it calls an outlier is anomalous", async () => {
    const own = isolation.decision_function
    const all = Float32Array.from(expected.rows.flat())
    const output = await (await openSession(ort, fileOf('isolation'), scorer)).run(all, own.length)
    for (const [row, score] of own.entries()) {
      const prediction = predictionOf(output, row, scorer)
      expect(Math.abs((prediction.score ?? Number.NaN) + score)).toBeLessThan(1e-5)
      expect(prediction).toMatchObject({ class: score < 0 ? 'anomalous' : 'normal', probability: null, confidence: null })
    }
    expect(own.some((score) => score < 0) && own.some((score) => score > 0)).toBe(true)
  })

  test('takes a score as it is where the metadata name no sign', () => {
    const { score_sign: _, ...metadata } = { ...scorer, threshold: 0.5 }
    const output = { probabilities: null, score: Float32Array.of(0.75, 0.25), rulDays: null }
    expect(predictionOf(output, 0, metadata)).toMatchObject({ score: 0.75, class: 'anomalous' })
    expect(predictionOf(output, 1, metadata)).toMatchObject({ score: 0.25, class: 'normal' })
  })

  test('answers the same bits for a row whether it is asked alone, among others or in a thousand', async () => {
    const session = await openSession(ort, fileOf('forest'), classifier)
    const bits = async (values: Float32Array, count: number) =>
      [...((await session.run(values, count)).probabilities ?? [])].slice(0, 3)
    const thousand = Float32Array.from({ length: 3000 }, (_, index) => rows[index % 12] ?? 0)
    const alone = await bits(rows.slice(0, 3), 1)
    expect(await bits(rows, 4)).toEqual(alone)
    expect(await bits(thousand, 1000)).toEqual(alone)
  })

  test('refuses a block that is not rows of its features', async () => {
    const session = await openSession(ort, fileOf('forest'), classifier)
    await expect(session.run(rows, 3)).rejects.toThrow('12 values are not 3 rows of 3')
  })

  test('does not open for metadata of another model, and says which key disagrees', async () => {
    const other = { ...classifier, features: ['flow', 'head'] }
    await expect(openSession(ort, fileOf('forest'), other)).rejects.toThrow(
      'metadata.json: features: lists 2, and the model takes 3 columns',
    )
  })

  test('makes no prediction of a probability that is no number', async () => {
    const broken = changed((model) => weights(model).fill(Number.NaN))
    const output = await (await openSession(ort, broken, classifier)).run(rows, 4)
    expect(() => predictionOf(output, 0, classifier)).toThrow('a probability that is no number')
  })

  test('takes the remaining useful life from the model, and never a negative one', () => {
    const metadata = { ...classifier, outputs: { ...classifier.outputs, rul_days: 'rul' } }
    const output = { probabilities: Float32Array.of(0.25, 0.5, 0.25, 1, 0, 0), score: null, rulDays: Float32Array.of(4.5, -2) }
    expect(predictionOf(output, 0, metadata)).toMatchObject({ class: 'healthy', rul_days: 4.5, source: 'model' })
    expect(predictionOf(output, 1, metadata)).toMatchObject({ class: 'clogged', rul_days: 0, source: 'model' })
    expect(predictionOf({ ...output, rulDays: null }, 0, classifier)).toMatchObject({ rul_days: null, source: null })
  })
})

describe('the check before packaging', () => {
  const problemsOf = async (model: Uint8Array, metadata: ModelMetadata = classifier) => {
    const problems = await checkModel(ort, model, metadata, rows)
    return problems.map(({ path, what, mend }) => `${path}: ${what}; ${mend}`)
  }

  test.each([
    ['forest', classifier],
    ['pipeline', classifier],
    ['isolation', scorer],
  ] as const)('accepts what skl2onnx makes of a %s', async (name, metadata) => {
    expect(await problemsOf(fileOf(name), metadata)).toEqual([])
  })

  test('refuses ZipMap and says how to export without it', async () => {
    const metadata = { ...classifier, outputs: { ...classifier.outputs, probabilities: 'output_probability' } }
    expect(await problemsOf(fileOf('forest-zipmap'), metadata)).toEqual([
      'model.onnx: its output output_probability is a sequence of maps (ZipMap), not a tensor; export it without: ' +
        'to_onnx(model, …, options={"zipmap": False}), and name its output probabilities in metadata.json',
    ])
  })

  test.each([
    ['forest-zipmap-columns', classesOf('forest')],
    ['forest-2-integers-zipmap-columns', ['0', '1']],
  ])('refuses one output per class and says how to export without it: %s', async (name, classes) => {
    expect(await problemsOf(fileOf(name), { ...classifier, classes })).toEqual([
      'model.onnx: has one output per class (zipmap "columns"), not one for all; export it without: ' +
        'to_onnx(model, …, options={"zipmap": False}), and name its output probabilities in metadata.json',
    ])
  })

  test('refuses an isolation forest whose metadata do not say which way its score points', async () => {
    const { score_sign: _, ...metadata } = scorer
    expect(await problemsOf(fileOf('isolation'), metadata)).toEqual([
      "metadata.json: score_sign: is missing, and scikit-learn's detectors score higher what is more normal; " +
        'add "score_sign": -1 (and a threshold of 0 for the decision function), or 1 if higher does mean more anomalous',
    ])
  })

  test.each([
    ['a pickle', Buffer.from([0x80, 4, 0x95, 1, 2, 3, 4]), 'model.onnx: is not an ONNX model'],
    ['an empty file', new Uint8Array(), 'model.onnx: is not an ONNX model'],
    ['a model cut short', fileOf('forest').slice(0, 1500), 'model.onnx: is not an ONNX model'],
    [
      'an operator that nobody knows',
      changed((model) => {
        operator(model).opType = 'TreeEnsembleOracle'
      }),
      'model.onnx: uses the operator TreeEnsembleOracle, which ONNX Runtime does not know',
    ],
    [
      'operators of a domain that nobody knows',
      changed((model) => {
        operator(model).domain = 'com.example'
      }),
      'model.onnx: uses operators of com.example, which ONNX Runtime does not know',
    ],
    [
      'an opset that is not out yet',
      changed((model) => {
        for (const opset of model.opsetImport ?? []) opset.version = 99
      }),
      /^model.onnx: is written in opset 99 of ai.onnx.*; export it with target_opset=\{"[a-z.]*": \d+\} or lower$/,
    ],
    [
      'an IR version that is not out yet',
      changed((model) => {
        model.irVersion = 99
      }),
      /^model.onnx: is written in IR version 99; set model.ir_version = \d+ or lower/,
    ],
    ['inputs of double precision', fileOf('forest-double'), 'model.onnx: its input X takes float64, not float32'],
    ['a fixed number of rows', fileOf('forest-one-row'), 'model.onnx: its input X takes exactly 1 row(s)'],
    [
      'answers that are NaN',
      changed((model) => weights(model).fill(Number.NaN, 0, 1)),
      /^model.onnx: its output probabilities is NaN on sample row \d/,
    ],
    [
      'votes instead of probabilities',
      changed((model) => {
        for (const [index, weight] of weights(model).entries()) weights(model)[index] = weight * 5
      }),
      'metadata.json: outputs.probabilities: the values of sample row 1 (0.00, 1.61, 3.39) are no probabilities: they add up to 5.000',
    ],
  ])('refuses %s', async (_, model, problem) => {
    const problems = await problemsOf(model)
    expect(problems).toHaveLength(1)
    if (typeof problem === 'string') expect(problems[0]).toContain(problem)
    else expect(problems[0]).toMatch(problem)
  })

  test('names every key of the metadata that the model contradicts', async () => {
    const metadata = {
      ...classifier,
      features: ['flow', 'head', 'power', 'efficiency'],
      classes: ['healthy', 'worn'],
      outputs: { probabilities: 'probabilities', score: 'score', rul_days: 'label' },
    }
    expect(await problemsOf(fileOf('forest'), metadata)).toEqual([
      'metadata.json: features: lists 4, and the model takes 3 columns; name the features that the model was trained on, in the order of its columns',
      "metadata.json: outputs.probabilities: the model's output probabilities has 3 columns, not 2; list the classes in the order of model.classes_",
      'metadata.json: outputs.score: the model has no output score; its outputs are label, probabilities',
      "metadata.json: outputs.rul_days: the model's output label gives string, not float32; its outputs are label, probabilities",
    ])
  })

  test('names the nearest input for one that is mistyped, and the output that a kind of model needs', async () => {
    const metadata = { ...scorer, input: 'x', outputs: { probabilities: null, score: null, rul_days: null } }
    expect(await problemsOf(fileOf('isolation'), metadata)).toEqual([
      'metadata.json: input: the model has no input x; did you mean X?',
      "metadata.json: outputs.score: is null, and a model of kind anomaly-score answers with it; name one of the model's outputs: label, scores",
    ])
  })
})
