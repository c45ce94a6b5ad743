import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Debian's own Python, which has Debian's pandas and scikit-learn. */
export const PYTHON = '/usr/bin/python3'

export const PEER_HINT = `apt-get install --no-install-recommends python3-pandas python3-sklearn (for ${PYTHON})`

const JUDGE = join(import.meta.dirname, '..', 'python', 'judge.py')

/** Versions of the Python peer's parts; null where one of them is missing. */
export function peerVersions(): Readonly<Record<string, string>> | null {
  const code =
    'import json, platform, numpy, pandas, sklearn; print(json.dumps({"python": platform.python_version(), ' +
    '"numpy": numpy.__version__, "pandas": pandas.__version__, "scikit-learn": sklearn.__version__}))'
  const { status, stdout } = spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' })
  return status === 0 ? (JSON.parse(stdout) as Record<string, string>) : null
}

export interface PeerInput {
  readonly baseline: string
  readonly tolerances: string
  readonly deployment: string
  readonly input: string
  readonly output: string
  /** null: no model. */
  readonly model: string | null
}

/** The command line of the script that a site would write. */
export function peerCommand({ baseline, tolerances, deployment, input, output, model }: PeerInput): string[] {
  return [PYTHON, JUDGE, baseline, tolerances, deployment, input, output, ...(model === null ? [] : [model])]
}
