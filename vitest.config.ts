import { defineConfig } from 'vitest/config'

/** Tests share machines with two cores, and many start processes of their own. */
const WORKERS = 2

export default defineConfig({
  test: {
    globals: false,
    maxWorkers: WORKERS,
    // No token of the tests may be in what a run prints or leaves.
    globalSetup: ['tests/secrets/run.ts'],
    teardownTimeout: 60_000,
    // `--project unit` and `--project binary` choose; without it both run, the quick ones first.
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['tests/secrets/watch.ts'],
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/binary/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'binary',
          setupFiles: ['tests/secrets/watch.ts'],
          include: ['tests/binary/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
