import { type FinishedRun, finish } from '../harness/finished-run.ts'
import { describeFault, type Fault, isNetworkCall, KILL, runWith } from '../harness/sweep.ts'
import type { TracedRun, Tracing } from '../harness/trace.ts'
import { AFTER_AN_END } from './kept.ts'
import { differences, type Left, leftBy } from './left.ts'
import type { Trial } from './trial.ts'

export interface Disturbed {
  /** Whether the fault met a call of the kind that it was meant for. */
  readonly hit: boolean
  /** What was not as it should be, in the disturbed run or after the undisturbed one that followed. */
  readonly problems: readonly string[]
}

/** Exit codes of src/edge/README.md that a disk, a limit or a network can be the cause of. */
const EXIT_CODES: readonly (number | null)[] = [0, 65, 73, 78]
/** SQLite takes a file system that grants no lock for a lock that another holds. */
const EXIT_CODES_OF_LOCKING = [...EXIT_CODES, 75]

/** Runs a trial with one fault, then once more without, and compares what is left with what should be. */
export async function disturb(fault: Fault, trial: Trial, tracing: Tracing, expected: Left): Promise<Disturbed> {
  // Calls on sockets are counted among others of their name, whose number differs a little from run to run; much more
  // while the libraries are extracted, so that is left out.
  const withLibraries = fault.path === null ? true : undefined
  const shifts = (fault.path === null ? [0, 1, -1, 2, 0] : [0]).filter((shift) => fault.nth + shift > 0)
  for (const shift of shifts) {
    const server = await trial.begin(withLibraries)
    const faulted = await runWith(trial.command(server), { ...fault, nth: fault.nth + shift }, tracing)
    if (hasHit(faulted, fault)) {
      const problems = problemsOf(faulted, fault)
      problems.push(...problemsOfRerun(await finish(trial.command(server)), fault))
      // A refused anomaly is set aside even where the disk does not take the answer, which the run then says.
      const may = /\.answer\.txt: cannot /.test(faulted.stderr) ? (['answers'] as const) : []
      problems.push(...differences(leftBy(trial.state, server), expected, may))
      await server.close()
      return {
        hit: true,
        problems: problems.map((text) => `${describeFault(fault)}: ${text}; ${faulted.stdout}${faulted.stderr}`),
      }
    }
    await server.close()
  }
  return { hit: false, problems: [] }
}

function hasHit({ exitCode, signal, calls }: TracedRun, { kind, path }: Fault): boolean {
  const isMeant = (call: TracedRun['calls'][number]) => path !== null || isNetworkCall(call)
  if (kind === KILL) return (signal === 'SIGKILL' || exitCode === 137) && calls.slice(-1).every(isMeant)
  return calls.some((call) => call.injected && isMeant(call))
}

function problemsOf({ exitCode, stderr }: TracedRun, { kind, call }: Fault): string[] {
  if (kind === KILL) return stderr === '' ? [] : ['says something']
  const codes = call.name === 'fcntl' ? EXIT_CODES_OF_LOCKING : EXIT_CODES
  const lines = stderr.split('\n').slice(0, -1)
  // A run that goes on may warn of what it lost.
  const says = exitCode === 0 ? lines.every((line) => /^(warn|error): /.test(line)) : lines.length === 1
  return [...(codes.includes(exitCode) ? [] : [`exit code ${exitCode}`]), ...(says ? [] : [`${lines.length} lines`])]
}

/** After a run that was killed, the next may say where that was; after one that ended by itself there is nothing to say. */
function problemsOfRerun({ exitCode, stderr }: FinishedRun, { kind }: Fault): string[] {
  const isSaid = kind === KILL ? AFTER_AN_END.test(stderr) : stderr === ''
  return exitCode === 0 && isSaid ? [] : [`the next run ends with ${exitCode}: ${stderr}`]
}
