import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Runtime } from '../../build/runtime.ts'
import { hostTarget } from '../../build/targets.ts'

/** Any small program will do as a runtime: what is stamped, packed and checked is the same. */
const path = '/bin/true'
const program = readFileSync(path)

export const SMALL_RUNTIME: Runtime = {
  path,
  target: hostTarget() ?? 'linux-x64',
  version: '0.1.0',
  release: true,
  notRelease: [],
  nodeVersion: '24.21.0',
  strip: 'GNU strip (GNU Binutils for Debian) 2.40',
  size: program.length,
  sha256: createHash('sha256').update(program).digest('hex'),
  parts: { node: program.length, onnxRuntime: 0, program: 0 },
  packages: ['cockatiel', 'papaparse', 'zod'],
}
