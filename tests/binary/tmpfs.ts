import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For `requireOrSkip`. */
export const TMPFS_HINT = 'run as root: mounts file systems that are small, read-only or noexec'

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0

export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-mount-'))
  const mounted = mount('-t', 'tmpfs', 'tmpfs', folder)
  if (mounted) spawnSync('umount', [folder])
  rmdirSync(folder)
  return mounted
}

/** Gives `use` a file system of its own in memory (options as of mount: `size=1m`, `noexec`), and takes it away again. */
export async function withTmpfs(options: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-tmpfs-'))
  if (!mount('-t', 'tmpfs', '-o', options, 'tmpfs', folder)) throw new Error(`cannot mount a tmpfs with ${options}`)
  try {
    await use(folder)
  } finally {
    spawnSync('umount', [folder])
    rmdirSync(folder)
  }
}

/** Mounts what is there once more with other options. */
export function remount(folder: string, options: string): void {
  if (!mount('-o', `remount,${options}`, folder)) throw new Error(`cannot remount ${folder} with ${options}`)
}

/** Leaves no byte free. */
export function fillUp(folder: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (let n = 0; n < 1000; n += 1) writeFileSync(join(folder, `fill-${size}-${n}`), Buffer.alloc(size))
    } catch {
      // Full for pieces of this size.
    }
  }
}

/** Leaves no inode free. */
export function takeInodes(folder: string): void {
  mkdirSync(join(folder, 'fill'))
  try {
    for (let n = 0; n < 1000; n += 1) writeFileSync(join(folder, 'fill', String(n)), '')
  } catch {
    // No inode is left.
  }
}
