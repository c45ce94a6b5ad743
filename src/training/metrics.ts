/** How well class probabilities fit labels that the model has not seen. */
export interface ClassMetrics {
  readonly rows: number
  readonly accuracy: number
  /** Mean of the classes' recalls; chance is 1/classes whatever their shares. */
  readonly balanced_accuracy: number
  readonly macro_f1: number
  /** Mean of −ln(probability of the true class), probabilities floored at 1e-6. */
  readonly log_loss: number
  /** Greatest expected calibration error of any class. */
  readonly worst_calibration_error: number
  readonly classes: Readonly<Record<string, PerClass>>
  /** Rows: true class; columns: predicted class; both in the order of the model's classes. */
  readonly confusion: readonly (readonly number[])[]
}

export interface PerClass {
  readonly rows: number
  /** null where the class was never predicted. */
  readonly precision: number | null
  /** null where the class has no rows. */
  readonly recall: number | null
  readonly calibration_error: number
}

const CALIBRATION_BINS = 10

/** Measures probabilities (row-major, classes per row) against the true classes. */
export function classMetrics(probabilities: ArrayLike<number>, labels: Uint8Array, classes: readonly string[]): ClassMetrics {
  const confusion = confusionOf(probabilities, labels, classes.length)
  const perClass = classes.map((_, c): PerClass => {
    const right = confusion[c]?.[c] ?? 0
    const truly = sum(confusion[c] ?? [])
    const predicted = sum(confusion.map((row) => row[c] ?? 0))
    return {
      rows: truly,
      precision: predicted === 0 ? null : right / predicted,
      recall: truly === 0 ? null : right / truly,
      calibration_error: calibrationError(probabilities, labels, c, classes.length),
    }
  })
  const present = perClass.filter(({ rows }) => rows > 0)
  return {
    rows: labels.length,
    accuracy: rounded(sum(confusion.map((row, c) => row[c] ?? 0)) / labels.length),
    balanced_accuracy: rounded(mean(present.map(({ recall }) => recall ?? 0))),
    macro_f1: rounded(mean(present.map(f1Of))),
    log_loss: rounded(logLoss(probabilities, labels, classes.length)),
    worst_calibration_error: rounded(Math.max(...perClass.map(({ calibration_error }) => calibration_error))),
    classes: Object.fromEntries(classes.map((name, c) => [name, roundedClass(perClass[c] as PerClass)])),
    confusion,
  }
}

/** The most probable class of a row; the first of equals. */
export function bestClass(probabilities: ArrayLike<number>, row: number, classes: number): number {
  let best = 0
  for (let c = 1; c < classes; c++) {
    if ((probabilities[row * classes + c] as number) > (probabilities[row * classes + best] as number)) best = c
  }
  return best
}

function confusionOf(probabilities: ArrayLike<number>, labels: Uint8Array, classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (const [row, label] of labels.entries()) {
    const counts = confusion[label] as number[]
    const predicted = bestClass(probabilities, row, classes)
    counts[predicted] = (counts[predicted] as number) + 1
  }
  return confusion
}

/**
 * Expected calibration error of one class: rows in ten equal bins by its probability; the mean, weighted by rows, of
 * |mean probability − share that truly is of the class|. Source: Guo et al., On Calibration of Modern Neural Networks,
 * 2017, per class instead of for the winner.
 */
function calibrationError(probabilities: ArrayLike<number>, labels: Uint8Array, c: number, classes: number): number {
  const said = new Float64Array(CALIBRATION_BINS)
  const truly = new Float64Array(CALIBRATION_BINS)
  for (const [row, label] of labels.entries()) {
    const probability = probabilities[row * classes + c] as number
    const bin = Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS))
    said[bin] = (said[bin] as number) + probability
    if (label === c) truly[bin] = (truly[bin] as number) + 1
  }
  return said.reduce((error, total, bin) => error + Math.abs(total - (truly[bin] as number)), 0) / labels.length
}

function logLoss(probabilities: ArrayLike<number>, labels: Uint8Array, classes: number): number {
  let loss = 0
  for (const [row, label] of labels.entries()) loss -= Math.log(Math.max(1e-6, probabilities[row * classes + label] as number))
  return loss / labels.length
}

function f1Of({ precision, recall }: PerClass): number {
  const [p, r] = [precision ?? 0, recall ?? 0]
  return p + r === 0 ? 0 : (2 * p * r) / (p + r)
}

function roundedClass({ rows, precision, recall, calibration_error: error }: PerClass): PerClass {
  const orNull = (value: number | null) => (value === null ? null : rounded(value))
  return { rows, precision: orNull(precision), recall: orNull(recall), calibration_error: rounded(error) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/** To four decimals: more would be noise. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
