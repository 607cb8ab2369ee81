import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requireTool } from './require-tool.ts'

const run = promisify(execFile)

/** The outcome of a tool that checks files, with its whole text. */
export async function checkedBy(
  tool: 'promtool' | 'promtool-3' | 'amtool',
  args: readonly string[],
): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await run(await requireTool(tool), [...args], { maxBuffer: 1e8 })
    return { ok: true, text: stdout + stderr }
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as { stdout?: string; stderr?: string; message: string }
    if (stdout + stderr === '') throw error
    return { ok: false, text: `${message}\n${stdout}${stderr}` }
  }
}

/** A folder for the length of a call. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-check-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
