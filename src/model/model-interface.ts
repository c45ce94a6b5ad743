import { nearestName } from '../nearest.ts'
import type { ModelMetadata } from './metadata.ts'
import type { OnnxSession, OnnxValueMetadata } from './onnx-runtime.ts'

/** What is wrong with a model, where, and how to mend it. */
export interface ModelProblem {
  /** A file of the model's folder, and the key inside it. */
  readonly path: string
  readonly what: string
  readonly mend: string
}

const MODEL = 'model.onnx'

/** Where the inputs and outputs that a model declares differ from those that its metadata names. */
export function interfaceProblems(
  session: Pick<OnnxSession, 'inputMetadata' | 'outputMetadata'>,
  metadata: ModelMetadata,
): ModelProblem[] {
  const { classes, outputs } = metadata
  const problems = [...inputProblems(session.inputMetadata, metadata)]
  const wanted = [
    {
      key: 'probabilities',
      name: outputs.probabilities,
      width: classes.length,
      fix: 'list the classes in the order of model.classes_',
    },
    { key: 'score', name: outputs.score, width: 1, fix: 'name an output of one column' },
    { key: 'rul_days', name: outputs.rul_days, width: 1, fix: 'name an output of one column' },
  ]
  for (const { key, name, ...rest } of wanted) {
    if (key === 'probabilities' && name !== null && isOneOutputPerClass(session.outputMetadata, classes)) {
      problems.push(problem(MODEL, 'has one output per class (zipmap "columns"), not one for all', NO_ZIPMAP))
    } else if (name !== null)
      problems.push(...outputProblems(session.outputMetadata, `metadata.json: outputs.${key}`, { name, ...rest }))
  }
  problems.push(...signProblems(session.outputMetadata, metadata))
  const needed = metadata.kind === 'classifier' ? 'probabilities' : 'score'
  if (outputs[needed] === null) {
    const what = `is null, and a model of kind ${metadata.kind} answers with it`
    problems.push(
      problem(`metadata.json: outputs.${needed}`, what, `name one of the model's outputs: ${namesOf(session.outputMetadata)}`),
    )
  }
  return problems
}

function inputProblems(inputs: readonly OnnxValueMetadata[], { input: name, features }: ModelMetadata): ModelProblem[] {
  const input = inputs.find((candidate) => candidate.name === name)
  if (input === undefined) return [missing('metadata.json: input', 'input', name, inputs)]
  if (inputs.length > 1) {
    const what = `takes ${inputs.length} inputs (${namesOf(inputs)})`
    return [problem(MODEL, what, 'give it one input that takes all features as columns')]
  }
  const exportIt = `export it with initial_types=[("${name}", FloatTensorType([None, ${features.length}]))]`
  if (!input.isTensor) return [problem(MODEL, `its input ${name} is no tensor`, exportIt)]
  if (input.type !== 'float32') return [problem(MODEL, `its input ${name} takes ${input.type}, not float32`, exportIt)]
  const [rows, columns] = input.shape
  if (input.shape.length !== 2) return [problem(MODEL, `its input ${name} has ${input.shape.length} dimensions, not 2`, exportIt)]
  if (typeof rows === 'number') return [problem(MODEL, `its input ${name} takes exactly ${rows} row(s)`, exportIt)]
  if (typeof columns !== 'number' || columns === features.length) return []
  const mend = 'name the features that the model was trained on, in the order of its columns'
  return [problem('metadata.json: features', `lists ${features.length}, and the model takes ${columns} columns`, mend)]
}

/** What an output must be like, and how to mend it when its number of columns is another. */
interface Wanted {
  readonly name: string
  readonly width: number
  readonly fix: string
}

function outputProblems(outputs: readonly OnnxValueMetadata[], path: string, { name, width, fix }: Wanted): ModelProblem[] {
  const output = outputs.find((candidate) => candidate.name === name)
  if (output === undefined) return [missing(path, 'output', name, outputs)]
  if (!output.isTensor) {
    return [problem(MODEL, `its output ${name} is a sequence of maps (ZipMap), not a tensor`, NO_ZIPMAP)]
  }
  if (output.type !== 'float32') {
    return [problem(path, `the model's output ${name} gives ${output.type}, not float32`, `its outputs are ${namesOf(outputs)}`)]
  }
  const columns = output.shape.length === 1 ? 1 : output.shape.at(-1)
  if (typeof columns !== 'number' || columns === width) return []
  return [problem(path, `the model's output ${name} has ${columns} columns, not ${width}`, fix)]
}

/** Outlier detectors of scikit-learn score normality: without a sign their alarms would be exactly the healthy readings. */
function signProblems(given: readonly OnnxValueMetadata[], { kind, outputs, score_sign: sign }: ModelMetadata): ModelProblem[] {
  if (kind !== 'anomaly-score' || sign !== undefined) return []
  const type = (name: string | null) => given.find((value) => value.isTensor && value.name === name)
  const label = type('label')
  if (type('scores') === undefined || outputs.score !== 'scores' || label?.isTensor !== true || label.type !== 'int64') return []
  const mend = 'add "score_sign": -1 (and a threshold of 0 for the decision function), or 1 if higher does mean more anomalous'
  return [problem('metadata.json: score_sign', "is missing, and scikit-learn's detectors score higher what is more normal", mend)]
}

/** skl2onnx's zipmap="columns" gives one output per class: its name after a letter for the type of the labels. */
function isOneOutputPerClass(outputs: readonly OnnxValueMetadata[], classes: readonly string[]): boolean {
  const names = outputs.map(({ name }) => name)
  return classes.length > 0 && ['i', 's'].some((letter) => classes.every((label) => names.includes(`${letter}${label}`)))
}

const NO_ZIPMAP =
  'export it without: to_onnx(model, …, options={"zipmap": False}), and name its output probabilities in metadata.json'

function missing(path: string, kind: 'input' | 'output', name: string, values: readonly OnnxValueMetadata[]): ModelProblem {
  const near = nearestName(
    name,
    values.map((value) => value.name),
  )
  return problem(
    path,
    `the model has no ${kind} ${name}`,
    near === null ? `its ${kind}s are ${namesOf(values)}` : `did you mean ${near}?`,
  )
}

function problem(path: string, what: string, mend: string): ModelProblem {
  return { path, what, mend }
}

function namesOf(values: readonly OnnxValueMetadata[]): string {
  return values.map(({ name }) => name).join(', ')
}
