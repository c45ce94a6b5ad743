import { describe, expect, test } from 'vitest'
import { parseOptions } from '../src/command.ts'
import { type CommandTable, runCommands } from '../src/commands.ts'
import { BusyFailure, ConfigurationFailure, InputFailure, OutputFailure, UsageFailure } from '../src/failure.ts'

function tableThat(run: () => number, fallback = false): CommandTable {
  const command = { help: 'how to greet\n', run: async () => run() }
  return {
    program: 'prog',
    purpose: 'greets.',
    commands: { greet: { does: 'say hello', load: async () => command } },
    fallback: fallback ? { usage: 'INPUT', load: async () => command } : null,
  }
}

async function outcome(table: CommandTable, ...argv: string[]) {
  let stdout = ''
  let stderr = ''
  const io = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    cwd: '/',
    env: {},
  }
  const code = await runCommands(table, argv, io)
  return { code, stdout, stderr }
}

describe('a program with commands', () => {
  test('prints its commands when asked for help, and the help of one', async () => {
    expect(
      await outcome(
        tableThat(() => 0),
        '--help',
      ),
    ).toMatchObject({ code: 0, stdout: expect.stringContaining('greet  say hello') })
    expect(
      await outcome(
        tableThat(() => 1),
        'greet',
        '--help',
      ),
    ).toMatchObject({ code: 0, stdout: 'how to greet\n' })
  })

  test('names the nearest command for one that it does not have', async () => {
    expect(
      await outcome(
        tableThat(() => 0),
        'gret',
      ),
    ).toEqual({
      code: 64,
      stdout: '',
      stderr: "prog: there is no command 'gret'; did you mean greet?\n",
    })
  })

  test('hands everything to its fallback when the first argument is no command', async () => {
    expect(
      (
        await outcome(
          tableThat(() => 7, true),
          'input.csv',
        )
      ).code,
    ).toBe(7)
  })

  const text = { where: 'here', what: 'is wrong', mend: 'mend it' }
  test.each([
    [64, new UsageFailure(text)],
    [65, new InputFailure(text)],
    [73, new OutputFailure(text)],
    [75, new BusyFailure(text)],
    [78, new ConfigurationFailure(text)],
  ])('ends with %i and one line', async (code, failure) => {
    const table = tableThat(() => {
      throw failure
    })
    expect(await outcome(table, 'greet')).toEqual({ code, stdout: '', stderr: 'prog: here: is wrong; mend it\n' })
  })

  test('ends with 70 and one line for what nobody expected, and shows the stack only for debugging', async () => {
    const table = tableThat(() => {
      throw new TypeError('x is\nundefined')
    })
    const plain = await outcome(table, 'greet')
    expect(plain.code).toBe(70)
    expect(plain.stderr).toMatch(/^prog: internal error: x is undefined; .*\n$/)
    expect((await outcome(table, 'greet', '--log-level', 'debug')).stderr).toContain('commands.test.ts')
  })
})

describe('options', () => {
  const parse = (...argv: string[]) => parseOptions('prog', argv, { quiet: { type: 'boolean' }, config: { type: 'string' } })

  test('that are mistyped name the nearest one', () => {
    expect(() => parse('--confg=a')).toThrow('prog: unknown option --confg; did you mean --config?')
  })

  test('that lack their value say so', () => {
    expect(() => parse('--config')).toThrow(UsageFailure)
  })
})
