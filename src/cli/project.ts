import { fileURLToPath } from 'node:url'
import type { Report } from '#core'
import { type FoundTool, findTools, type ToolName, toolCache } from '#stack'
import type { Io } from './io.ts'

/** The folder of this project, wherever the command was called from. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Finds or gets the tools that a command needs, into the project's own cache. */
export function projectTools<Name extends ToolName>(
  names: readonly Name[],
  io: Io,
  report: Report,
): Promise<Record<Name, FoundTool>> {
  return findTools(names, { env: io.env, cache: toolCache(io.env, PROJECT), report, signal: io.signal })
}
