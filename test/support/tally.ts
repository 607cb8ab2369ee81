import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** What `petrel test` reads back from one run of vitest. */
export interface VitestTally {
  passed: number
  failed: number
  /** Each test that did not run, with the reason that it gave. */
  skipped: { test: string; why: string }[]
}

/**
 * Writes the tally to the file that PETREL_TALLY names. vitest's own JSON knows neither why a test skipped nor
 * of errors outside tests: a file that cannot be loaded and an unhandled error count as failed here.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally: VitestTally = { passed: 0, failed: unhandled.length, skipped: [] }
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed += 1
      for (const test of module.children.allTests()) count(test, tally)
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed += 1
    }
    const file = process.env.PETREL_TALLY
    if (file) writeFileSync(file, JSON.stringify(tally))
  }
}

function count(test: TestCase, tally: VitestTally): void {
  const result = test.result()
  if (result.state === 'passed') tally.passed += 1
  else if (result.state === 'failed') tally.failed += 1
  else {
    const note = result.state === 'skipped' ? result.note : undefined
    tally.skipped.push({ test: test.fullName, why: note ?? 'it is marked so in its source' })
  }
}
