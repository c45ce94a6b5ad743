import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { requireOrSkip } from '../../require.ts'

const tool = (path: string) => fileURLToPath(new URL(`../../../.cache/contract-tools/${path}`, import.meta.url))

export const prism = tool('prism/node_modules/.bin/prism')
export const schemathesis = tool('schemathesis/bin/schemathesis')

const install = 'bash tests/api/contract/install.sh'
export const hasPrism = requireOrSkip(existsSync(prism), install)
export const hasSchemathesis = requireOrSkip(existsSync(schemathesis), install)
