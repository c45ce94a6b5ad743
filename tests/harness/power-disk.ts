import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in an image of its own, from which the power can be taken. */
export interface PowerDisk {
  /** Where it is mounted. */
  readonly path: string
  /** Takes the power: nothing reaches the image any more, and what was not flushed is gone. */
  readonly cut: () => Promise<void>
  /** Unmounts and mounts again, so that the journal is replayed as after a start. */
  readonly restart: () => void
  readonly close: () => void
}

export type FileSystem = 'ext4' | 'xfs'

export const POWER_HINT = 'run as root with loop devices, e2fsprogs, xfsprogs and perl: takes the power from file systems'

/** Whether this machine can do it. */
export async function canCutPower(): Promise<boolean> {
  if (process.geteuid?.() !== 0 || !existsSync('/dev/loop-control')) return false
  try {
    const disk = openPowerDisk('ext4')
    await disk.cut()
    disk.restart()
    disk.close()
    return true
  } catch {
    return false
  }
}

/**
 * The shutdown ioctl of ext4 and xfs (`EXT4_IOC_SHUTDOWN`, `XFS_IOC_GOINGDOWN`: _IOR('X', 125, __u32)) with the flag 2,
 * "no log flush", stops a mounted file system dead. The helper waits for a line, so that no start lies between.
 */
const HELPER =
  'sysopen(my $d, $ARGV[0], 0) or die; $| = 1; print "ready\\n"; <STDIN>; my $f = pack("L", 2); ioctl($d, 0x8004587d, $f) or die; print "cut\\n"'

/** xfs refuses to be smaller than 300 MB; the image is sparse. */
const XFS_LEAST = 320

export function openPowerDisk(fileSystem: FileSystem, mebibytes = 32): PowerDisk {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pump-monitor-power-'))
  let image = join(folder, 'image')
  let copies = 0
  const path = join(folder, 'disk')
  run('truncate', '-s', `${fileSystem === 'xfs' ? Math.max(mebibytes, XFS_LEAST) : mebibytes}M`, image)
  run('mkdir', path)
  run(`mkfs.${fileSystem}`, '-q', image)
  // Else xfs refuses a copy while the file system that it was copied from is not quite gone.
  const mount = () => run('mount', '-o', fileSystem === 'xfs' ? 'loop,nouuid' : 'loop', image, path)
  mount()
  let helper: ChildProcess | null = startHelper(path)
  const stopHelper = () => {
    helper?.kill('SIGKILL')
    helper = null
  }
  return {
    path,
    cut: async () => {
      const cutting = helper
      if (cutting === null || cutting.stdout === null) throw new Error('the power is gone already')
      helper = null
      const done = once(cutting, 'close')
      cutting.stdin?.write('now\n')
      const [code] = await done
      if (code !== 0) throw new Error(`cannot take the power from ${fileSystem}`)
    },
    restart: () => {
      stopHelper()
      unmount(path)
      copies += 1
      if (isHeld(image)) image = moveImage(image, join(folder, `image-${copies}`))
      mount()
      helper = startHelper(path)
    },
    close: () => {
      stopHelper()
      spawnSync('umount', ['--lazy', path])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function startHelper(path: string): ChildProcess {
  const helper = spawn('perl', ['-e', HELPER, path], { stdio: ['pipe', 'pipe', 'ignore'] })
  helper.stdout?.resume()
  return helper
}

/** A process that was just killed may hold the file system for a moment. */
function unmount(path: string): void {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (spawnSync('umount', [path]).status === 0) return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
  throw new Error(`cannot unmount ${path}`)
}

/** A program that has taken a copy of the list of mounts keeps the dead file system, and would be given it again. */
function isHeld(image: string): boolean {
  return spawnSync('losetup', ['-j', image], { encoding: 'utf8' }).stdout !== ''
}

function moveImage(image: string, copy: string): string {
  run('cp', '--sparse=always', image, copy)
  rmSync(image)
  return copy
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, [...args])
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}
