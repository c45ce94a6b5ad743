import type { CommandIo } from '../command.ts'
import { EXIT } from '../failure.ts'
import { OPTIONS, type OptionName, PROGRAM, usage } from './options.ts'
import { optionsOf, type SubCommand } from './sub-command.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const COMPLETION_HELP = `usage: ${PROGRAM} completion bash|zsh|fish

Prints what lets a shell complete the commands and options of ${PROGRAM}, and the values that it can know.

exit status: 0 done; 64 usage

  ${PROGRAM} completion bash > ~/.local/share/bash-completion/completions/pump-monitor
  ${PROGRAM} completion zsh >> ~/.zshrc
  ${PROGRAM} completion fish > ~/.config/fish/completions/pump-monitor.fish
`

export function runCompletion([shell, ...rest]: readonly string[], steps: readonly SubCommand[], io: CommandIo): number {
  const known = SHELLS.find((name) => name === shell)
  if (known === undefined || rest.length > 0)
    throw usage('completion', shell ?? '', 'wants the name of one shell', `use ${SHELLS.join(', ')}`)
  io.stdout(known === 'fish' ? fishScript(steps) : bashScript(steps, known))
  return EXIT.ok
}

function bashScript(steps: readonly SubCommand[], shell: 'bash' | 'zsh'): string {
  const offered = (Object.keys(OPTIONS) as OptionName[]).flatMap((name) => {
    const words = wordsFor(name)
    if (words === null) return []
    const by = words === 'files' ? '-f' : `-W '${words.filter((word) => !word.includes(' ')).join(' ')}'`
    return [`    --${name}) COMPREPLY=($(compgen ${by} -- "$word")); return ;;`]
  })
  const silent = (Object.keys(OPTIONS) as OptionName[]).filter((name) => OPTIONS[name].value !== null && wordsFor(name) === null)
  const options = steps.map(
    ({ name, own }) =>
      `    ${name}) COMPREPLY=($(compgen -W '${optionsOf(own)
        .map((one) => `--${one}`)
        .join(' ')}' -- "$word")) ;;`,
  )
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_pump_monitor_query() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W 'query' -- "$word")); return; fi
  [ "\${COMP_WORDS[1]}" = query ] || return
  if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W '${[...steps.map(({ name }) => name), 'completion'].join(' ')}' -- "$word")); return; fi
  case "$before" in
${offered.join('\n')}
    ${silent.map((name) => `--${name}`).join('|')}) return ;;
  esac
  case "\${COMP_WORDS[2]}" in
${options.join('\n')}
    completion) COMPREPLY=($(compgen -W '${SHELLS.join(' ')}' -- "$word")) ;;
  esac
}
complete -F _pump_monitor_query pump-monitor
`
}

function fishScript(steps: readonly SubCommand[]): string {
  const lines = steps.flatMap(({ name, does, own }) => [
    `complete -c pump-monitor -f -n '__fish_seen_subcommand_from query; and not __fish_seen_subcommand_from ${steps.map((step) => step.name).join(' ')}' -a ${name} -d '${quoted(does)}'`,
    ...optionsOf(own).map((option) => {
      const words = wordsFor(option)
      const takes = OPTIONS[option].value === null ? '' : words === 'files' ? ' -r -F' : ' -x'
      const offers =
        words === null || words === 'files'
          ? ''
          : ` -a '${words.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')}'`
      return `complete -c pump-monitor -n '__fish_seen_subcommand_from ${name}' -l ${option}${takes}${offers} -d '${quoted(OPTIONS[option].does)}'`
    }),
  ])
  return `complete -c pump-monitor -f -n __fish_use_subcommand -a query -d 'ask the API what the pumps have reported'\n${lines.join('\n')}\n`
}

function wordsFor(name: OptionName): readonly string[] | 'files' | null {
  const option = OPTIONS[name]
  return 'offers' in option ? option.offers : null
}

function quoted(text: string): string {
  return text.replaceAll("'", "\\'")
}
