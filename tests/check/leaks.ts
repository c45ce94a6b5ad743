import { homedir } from 'node:os'
import { REPOSITORY } from './project.ts'

/**
 * What must not be in a file that others get: where it was made, whom it was fetched from, and what opens a door.
 * `operator` may stand for a user in an example's path, `user` in an example's address.
 */
const LEAKS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['machine path', /(?<![\w.])\/(?:work|root)\/[\w.-]*/],
  ['machine path', /(?<![\w.])\/(?:home|Users)\/(?!operator\b)\w+/],
  ...[REPOSITORY, homedir()]
    .filter((folder) => folder.length > 1)
    .map((folder) => ['machine path', new RegExp(String.raw`(?<![\w.~*])${escaped(folder)}(?![\w-])`)] as const),
  ['registry', /https?:\/\/[^\s"'<>]*(?:registry|artifactory|nexus|mirror|verdaccio|proxy)\b/i],
  ['registry', /^\s*(?:@[\w-]+:)?registry\s*=/m],
  ['registry', /"resolved"\s*:/],
  ['token', /_auth(?:Token)?\s*=|:_password\s*=/],
  [
    'token',
    /\b(?:gh[opsu]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{18,}|npm_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{10,})/,
  ],
  ['token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./],
  ['token', /https?:\/\/(?!user:)[^\s/"'<>@:$]+:[^\s/"'<>@$]+@/],
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
]

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** Each kind of leak in a file's text with what was found. */
export function leaksIn(text: string): readonly string[] {
  return LEAKS.flatMap(([kind, pattern]) => {
    const found = pattern.exec(text)
    return found === null ? [] : [`${kind}: ${found[0].trim()}`]
  })
}
