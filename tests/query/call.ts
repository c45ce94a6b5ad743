import { runCommands } from '../../src/commands.ts'
import { queryCommand } from '../../src/query/query.ts'
import { searchOutput } from '../secrets/search.ts'

export interface Called {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `pump-monitor query …` in this process. */
export async function query(argv: readonly string[], env: Readonly<Record<string, string>>, cwd = '/'): Promise<Called> {
  const table = {
    program: 'pump-monitor',
    purpose: '',
    commands: { query: { does: '', load: async () => queryCommand } },
    fallback: null,
  }
  let [stdout, stderr] = ['', '']
  const code = await runCommands(table, ['query', ...argv], {
    stdout: (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    cwd,
    env: { HOME: cwd, ...env },
  })
  searchOutput('output of query', stdout + stderr)
  return { code, stdout, stderr }
}
