import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { canCutPower, POWER_HINT } from '../harness/power-disk.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { cutExecutable } from './cut-executable.ts'

/** Power cuts per file system: `CUTS=500 vitest run tests/power`. */
const CUTS = Number(process.env['CUTS'] ?? 8)
const HOURS = { timeout: 7_200_000 }
const worksHere = hostTarget() !== null && (await canCutPower())

describe.runIf(requireOrSkip(worksHere, POWER_HINT))('a power cut under the executable', () => {
  test.for(['ext4', 'xfs'] as const)(
    'on %s loses nothing that was spooled, repeats nothing that was delivered, and the next run has state, results and predictions',
    HOURS,
    async (fileSystem) => {
      const { problems, delivered } = await cutExecutable(fileSystem, CUTS, [])
      expect(problems).toEqual([])
      expect(delivered.length).toBeGreaterThan(CUTS / 2)
      // Cuts that all come before the first or after the last delivery would prove little.
      expect(new Set(delivered).size, `delivered at the cut: ${delivered.join(' ')}`).toBeGreaterThan(Math.min(4, CUTS / 4))
    },
  )

  test.runIf(requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))(
    'is seen to lose something when fsync does nothing',
    HOURS,
    async () => {
      const lying = ['strace', '-D', '-f', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:retval=0']
      const { problems } = await cutExecutable('ext4', 60, lying)
      expect(problems.length).toBeGreaterThan(0)
    },
  )
})
