import { appendFile, mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { EXIT, type ExitCode, errorText, escapeLine, PetrelError, worstExit } from '#core'
import { type GateResult, gateReport, githubAnnotations, junitXml, markdownSummary } from '#gate'
import type { Io } from './io.ts'
import { writeOut } from './out-folder.ts'
import { type GitHub, writeComment } from './pull-request-comment.ts'

/**
 * Writes every report into the folder, and into what GitHub Actions offers when it is there. A report that cannot be
 * written takes nothing from those that can, nor from the verdict: 3 is told, unless something worse is.
 */
export async function writeReports(
  result: GateResult,
  { out, github }: { out: string | undefined; github: GitHub | undefined },
  io: Io,
): Promise<ExitCode> {
  const failures: unknown[] = []
  const attempt = async (write: () => Promise<void>) => {
    try {
      await write()
    } catch (error) {
      failures.push(error)
    }
  }
  if (out !== undefined) {
    const files = {
      'result.json': `${JSON.stringify(result, null, 2)}\n`,
      'junit.xml': junitXml(result),
      'summary.md': markdownSummary(result),
      'report.html': gateReport(result),
    }
    await attempt(async () => void (await mkdir(out, { recursive: true })))
    for (const [name, content] of Object.entries(files)) {
      await attempt(async () => {
        await writeOut(out, name, content)
        io.err(`${relative(io.cwd, join(out, name))}\n`)
      })
    }
  }
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: actions } = io.env
  if (summary) await attempt(() => appendFile(summary, markdownSummary(result)))
  if (github) {
    await attempt(async () => {
      // Also who was interrupted gets what there is.
      const told = await writeComment(markdownSummary(result), github, new AbortController().signal)
      io.err(`${told}\n`)
    })
  }
  if (actions === 'true') for (const line of githubAnnotations(result)) io.err(`${line}\n`)
  if (failures.length === 0) return result.exitCode as ExitCode
  const error = new PetrelError('report_failed', 'a report could not be written', {
    hint: 'make room, or name another folder with --out; the verdict above stands',
  })
  io.err(`petrel: ${error.message} (${error.code})\n`)
  for (const failure of failures) io.err(escapeLine(`  ${errorText(failure)}`).concat('\n'))
  io.err(`  hint: ${error.hint}\n`)
  return worstExit([result.exitCode as ExitCode, EXIT.environment])
}
