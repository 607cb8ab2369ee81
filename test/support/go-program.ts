import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { TestRunner } from 'vitest'
import { GO, locateTool, toolCache } from '#stack'
import { ROOT } from './compose.ts'

const run = promisify(execFile)

/**
 * A Go program that a test reads files with, built once and kept beside the other tools. `build` gets Go and an
 * empty folder, and says which file in it the program is.
 */
export async function goProgram(
  name: string,
  build: (go: (...args: string[]) => Promise<unknown>, folder: string) => Promise<string>,
): Promise<string> {
  const cache = toolCache(process.env, ROOT)
  const path = join(cache, name, 'program')
  if (existsSync(path)) return path
  const go = await locateTool(GO, process.env, cache)
  if (!go) {
    const running = TestRunner.getCurrentTest()
    if (running && !process.env.CI) running.context.skip(`${name} is not here, and no Go to build it with`)
    throw new Error(`${name} is not here, and no Go ≥ ${GO.minimum} to build it with`)
  }
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, '.incoming-'))
  try {
    const env = { ...process.env, GOBIN: folder, GOWORK: 'off', GOFLAGS: '-mod=mod', CGO_ENABLED: '0' }
    const built = await build((...args) => run(go.path, args, { cwd: folder, env, maxBuffer: 1e8 }), folder)
    mkdirSync(dirname(path), { recursive: true })
    renameSync(join(folder, built), path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return path
}
