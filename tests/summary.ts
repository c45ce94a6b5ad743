import { readFileSync } from 'node:fs'

/** What is needed of vitest's JSON report. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Counts of a whole test run. */
export interface Summary {
  readonly passed: number
  /** Failed tests, and files that failed before any test of theirs could (a syntax error, a hook). */
  readonly failed: number
  readonly skipped: number
}

export function summaryOf(report: Report): Summary {
  const failedFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + failedFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

// `node tests/summary.ts REPORT`: prints the closing line of CI; status 1 if anything failed or nothing ran.
if (import.meta.main) {
  const { passed, failed, skipped } = summaryOf(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report)
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
