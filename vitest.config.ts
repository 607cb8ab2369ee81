import { defineConfig } from 'vitest/config'

const sources = ['src', 'server', 'loadtests', 'dashboards', 'chaos', 'bench', 'examples']
const beside = (suffix: string) => sources.map(folder => `${folder}/**/*.${suffix}`)

/** What is waited for may take its time on a busy machine. */
const patient = { poll: { timeout: 10_000 } }

/**
 * Long runs share two cores: proofs, whose times are judged, and processes take turns; crowds that mostly wait for their
 * phases run two at a time, pure tests side by side.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 20_000,
          expect: patient,
          include: [...beside('test.ts'), 'test/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          expect: patient,
          include: beside('integration.test.ts'),
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: patient,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'load',
          expect: patient,
          include: ['test/load/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'proof',
          expect: patient,
          include: ['test/proof/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
