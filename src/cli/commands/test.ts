import { EXIT, PetrelError, type Report } from '#core'
import { type FoundTool, locateTool, TOOLS, type ToolName, toolCache, toolVariable } from '#stack'
import type { Io } from '../io.ts'
import { progressReport } from '../progress.ts'
import { PROJECT, projectTools } from '../project.ts'
import { type StepResult, staticCheck, vitestProject } from '../suite.ts'
import { defineCommand } from './define.ts'

const FAST = [
  staticCheck('format and lint', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']),
  staticCheck('types', 'node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', 'false']),
  staticCheck('generated files', 'src/cli/bin.ts', ['generate', '--check']),
  vitestProject('unit'),
  vitestProject('integration'),
  vitestProject('e2e'),
]
const LONG = [vitestProject('load'), vitestProject('proof')]

export const test = defineCommand<{ all?: true }>({
  name: 'test',
  summary: "Run Petrel's own test suite, with everything that it needs.",
  example: 'petrel test --all',
  define(command) {
    command.option('--all', 'also the long proofs, with full load')
  },
  async run(options, _args, io) {
    const report = progressReport(io)
    const env = await toolVariables(io, report)
    const total = { passed: 0, failed: 0, skipped: 0 }
    for (const step of options.all ? [...FAST, ...LONG] : FAST) {
      report(step.name)
      const result = await step.run({ env, report, show: line => io.out(`${line}\n`), signal: io.signal })
      report(`${step.name}: ${summary(result)}`)
      for (const reason of result.skipped) report(`  skipped: ${reason}`)
      total.passed += result.passed
      total.failed += result.failed
      total.skipped += result.skipped.length
    }
    io.out(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
    return total.failed === 0 ? EXIT.held : EXIT.didNotHold
  },
})

const summary = ({ passed, failed, skipped }: StepResult) =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`

/**
 * Every tool that a test starts, as the variables that name it. What cannot be had is left out: the tests that
 * need it say so, and in CI they fail.
 */
async function toolVariables(io: Io, report: Report): Promise<Record<string, string>> {
  const names = Object.keys(TOOLS) as ToolName[]
  const found: Partial<Record<ToolName, FoundTool>> = {}
  try {
    Object.assign(found, await projectTools(names, io, report))
  } catch (error) {
    if (!(error instanceof PetrelError) || error.code !== 'tool_missing') throw error
    report(error.message)
    for (const name of names) {
      const tool = await locateTool(TOOLS[name], io.env, toolCache(io.env, PROJECT))
      if (tool) found[name] = tool
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, { path }]) => [toolVariable(name), path]))
}
