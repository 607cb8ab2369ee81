import { resolve } from 'node:path'
import { TestRunner } from 'vitest'
import { PetrelError } from '#core'
import { locateTool, TOOLS, type ToolName, toolCache, waysToGet } from '#stack'

const ROOT = resolve(import.meta.dirname, '..', '..')

/**
 * Path of a program that a test starts: from its PETREL_ variable (`petrel test` sets them all), PATH, or the
 * cache. A test installs nothing. Call it inside a test or `beforeEach`: where the program is missing the test
 * is skipped and says why.
 * @throws PetrelError `tool_missing` when CI is set or no test is running: there nothing may skip in silence.
 */
export async function requireTool(name: ToolName): Promise<string> {
  const tool = TOOLS[name]
  const found = await locateTool(tool, process.env, toolCache(process.env, ROOT))
  if (found) return found.path
  const reason = `${name} is not here; ./petrel test gets it`
  const running = TestRunner.getCurrentTest()
  if (running && !process.env.CI) running.context.skip(reason)
  throw new PetrelError('tool_missing', reason, { hint: waysToGet(tool).join('; or ') })
}
