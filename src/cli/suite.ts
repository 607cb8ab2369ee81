import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Report } from '#core'
import { startProcess, temporaryFolder } from '#stack'
import { PROJECT } from './project.ts'

/** What one step of the test suite came to. A static check counts as one test. */
export interface StepResult {
  passed: number
  failed: number
  /** Why each test that did not run did not. */
  skipped: readonly string[]
}

/** One step of the suite. */
export interface Step {
  name: string
  run(context: StepContext): Promise<StepResult>
}

export interface StepContext {
  /** Paths of tools as PETREL_ variables. */
  env: Readonly<Record<string, string>>
  /** Where what a step prints goes. */
  show(line: string): void
  report: Report
  signal: AbortSignal
}

const SILENCE_MS = 10_000
/** vitest gets this long to end its workers, and they what they started. */
const VITEST_GRACE_MS = 15_000

/** A program that prints only when it does not like something, run by this very Node. */
export function staticCheck(name: string, script: string, args: readonly string[]): Step {
  return {
    name,
    async run(context) {
      const lines: string[] = []
      const code = await runNode(name, [join(PROJECT, script), ...args], context, line => lines.push(line))
      if (code === 0) return { passed: 1, failed: 0, skipped: [] }
      for (const line of lines) context.show(line)
      return { passed: 0, failed: 1, skipped: [] }
    },
  }
}

/** One project of vitest.config.ts, counted by the reporter in test/support/tally.ts. */
export function vitestProject(project: string): Step {
  return {
    name: `${project} tests`,
    async run(context) {
      const folder = await temporaryFolder('test')
      try {
        const file = join(folder.path, 'tally.json')
        const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default']
        const code = await runNode(
          `${project} tests`,
          [join(PROJECT, 'node_modules/vitest/vitest.mjs'), ...args, '--reporter=./test/support/tally.ts'],
          // Interrupted tests cannot tidy up: their temporary folders are inside ours.
          { ...context, env: { ...context.env, PETREL_TALLY: file, TMPDIR: folder.path } },
          context.show,
        )
        const tally = await readTally(file)
        const silent = code !== 0 && (tally?.failed ?? 0) === 0
        return {
          passed: tally?.passed ?? 0,
          // A run that ends badly without a failed test has failed all the same.
          failed: (tally?.failed ?? 0) + (silent ? 1 : 0),
          skipped: (tally?.skipped ?? []).map(({ test, why }) => `${test}: ${why}`),
        }
      } finally {
        await folder[Symbol.asyncDispose]()
      }
    },
  }
}

const tallySchema = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.array(z.object({ test: z.string(), why: z.string() })),
})

/** The tally, or nothing when vitest ended before it wrote one. */
async function readTally(file: string): Promise<z.infer<typeof tallySchema> | undefined> {
  try {
    return tallySchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** Runs a script to its end and returns its exit code; says so when it has been quiet for long. */
async function runNode(
  name: string,
  args: readonly string[],
  { env, report, signal }: StepContext,
  onLine: (line: string) => void,
): Promise<number> {
  let quietSince = performance.now()
  const began = quietSince
  const timer = setInterval(() => {
    if (performance.now() - quietSince < SILENCE_MS) return
    quietSince = performance.now()
    report(`${name}: running for ${Math.round((quietSince - began) / 1_000)} s`)
  }, 1_000)
  try {
    const child = await startProcess({
      name,
      command: process.execPath,
      args,
      cwd: PROJECT,
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
      signal,
      graceMs: VITEST_GRACE_MS,
      onLine(line) {
        quietSince = performance.now()
        onLine(line)
      },
    })
    const { code } = await child.exited
    signal.throwIfAborted()
    return code ?? 1
  } finally {
    clearInterval(timer)
  }
}
