import type { ModelMetadata } from './metadata.ts'
import { interfaceProblems, type ModelProblem } from './model-interface.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'
import { createOnnxSession, type ModelOutput, type Session, sessionOf } from './session.ts'

/** float32 sums over some hundred trees stay well within it; a forest whose leaves are counts does not. */
const SUM_TOLERANCE = 1e-3
/** Between a row asked alone and the same row in a block. */
const BLOCK_TOLERANCE = 1e-5

/**
 * Loads a model and asks it, as the device will, before it is packaged. `sampleRows` holds scaled features,
 * row-major, at least one row. Returns what is wrong; never throws for a model.
 */
export async function checkModel(
  ort: OnnxRuntime,
  model: Uint8Array,
  metadata: ModelMetadata,
  sampleRows: Float32Array,
): Promise<ModelProblem[]> {
  let session: Session
  try {
    const opened = await createOnnxSession(ort, model)
    const problems = interfaceProblems(opened, metadata)
    if (problems.length > 0) return problems
    session = sessionOf(ort, opened, metadata)
  } catch (error) {
    return [loadProblem(String(error instanceof Error ? error.message : error))]
  }
  const width = metadata.features.length
  const count = sampleRows.length / width
  if (count < 1 || !Number.isInteger(count)) throw new Error(`${sampleRows.length} sample values are no rows of ${width}`)
  try {
    const block = await session.run(sampleRows, count)
    const alone = await session.run(sampleRows.slice(0, width), 1)
    return [...answerProblems(block, count, metadata), ...blockProblems(block, alone)]
  } catch (error) {
    const mend = 'run it in Python on the same columns to see why'
    return [
      { path: 'model.onnx', what: `fails on sample rows (${String(error instanceof Error ? error.message : error)})`, mend },
    ]
  }
}

/** What ONNX Runtime says when it cannot load a model, in words that name the culprit. */
function loadProblem(reason: string): ModelProblem {
  const path = 'model.onnx'
  if (/protobuf parsing failed|model data pointer is null/i.test(reason)) {
    return {
      path,
      what: 'is not an ONNX model',
      mend: 'export it with skl2onnx: to_onnx(model, …).SerializeToString(); a pickle or joblib file does not do',
    }
  }
  const operator = /No Op registered for (\S+)/i.exec(reason)?.[1]
  if (operator !== undefined) {
    return {
      path,
      what: `uses the operator ${operator}, which ONNX Runtime does not know`,
      mend: 'export it with standard operators of ONNX only',
    }
  }
  const domain = /No opset import for domain '([^']*)'/.exec(reason)?.[1]
  if (domain !== undefined) {
    return {
      path,
      what: `uses operators of ${domain}, which ONNX Runtime does not know`,
      mend: 'export it with standard operators of ONNX only',
    }
  }
  const opset = /Opset (\d+) is under development.*for domain (\S+) is till opset (\d+)/s.exec(reason)
  if (opset !== null) {
    const [, found, , newest] = opset
    const named = opset[2] === 'ai.onnx' ? '' : opset[2]
    return {
      path,
      what: `is written in opset ${found} of ${opset[2]}`,
      mend: `export it with target_opset={"${named}": ${newest}} or lower`,
    }
  }
  const ir = /Unsupported model IR version: (\d+), max supported IR version: (\d+)/.exec(reason)
  if (ir !== null)
    return {
      path,
      what: `is written in IR version ${ir[1]}`,
      mend: `set model.ir_version = ${ir[2]} or lower before it is saved`,
    }
  return { path, what: `cannot be loaded (${reason})`, mend: 'check it with onnx.checker.check_model' }
}

function answerProblems(output: ModelOutput, count: number, { classes, outputs }: ModelMetadata): ModelProblem[] {
  const problems: ModelProblem[] = []
  const given = [
    { name: outputs.probabilities, values: output.probabilities },
    { name: outputs.score, values: output.score },
    { name: outputs.rul_days, values: output.rulDays },
  ]
  for (const { name, values } of given) {
    const bad = values?.findIndex((value) => !Number.isFinite(value)) ?? -1
    if (bad === -1) continue
    const row = Math.floor(bad / ((values?.length ?? 1) / count)) + 1
    problems.push({
      path: 'model.onnx',
      what: `its output ${name} is ${values?.[bad]} on sample row ${row}`,
      mend: 'train it on data without NaN, and impute before the model',
    })
  }
  const { probabilities } = output
  if (problems.length > 0 || probabilities === null) return problems
  for (let row = 0; row < count; row++) {
    const values = [...probabilities.subarray(row * classes.length, (row + 1) * classes.length)]
    const sum = values.reduce((total, value) => total + value, 0)
    if (Math.abs(sum - 1) <= SUM_TOLERANCE && values.every((value) => value >= -SUM_TOLERANCE)) continue
    const mend = `name the output of predict_proba; ${outputs.probabilities} is none`
    problems.push({
      path: 'metadata.json: outputs.probabilities',
      what: `the values of sample row ${row + 1} (${values.map((value) => value.toPrecision(3)).join(', ')}) are no probabilities: they add up to ${sum.toPrecision(4)}`,
      mend,
    })
    break
  }
  return problems
}

/** A model that normalises over the block it is given would answer differently each time cron runs. */
function blockProblems(block: ModelOutput, alone: ModelOutput): ModelProblem[] {
  for (const key of ['probabilities', 'score', 'rulDays'] as const) {
    const differs = alone[key]?.some(
      (value, index) => Math.abs(value - (block[key]?.[index] ?? Number.NaN)) > BLOCK_TOLERANCE * (1 + Math.abs(value)),
    )
    if (differs === true) {
      return [
        {
          path: 'model.onnx',
          what: 'answers differently when a row is asked alone and among others',
          mend: 'export it so that each row counts for itself',
        },
      ]
    }
  }
  return []
}
