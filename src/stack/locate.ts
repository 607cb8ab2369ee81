import { access, constants } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { execa } from 'execa'
import { PetrelError } from '#core'
import type { Tool } from './tools/define.ts'

export interface FoundTool {
  name: string
  path: string
  version: string
  /** Where it came from, as `PATH` or `built with go`. */
  source: string
}

/** Which variable names a tool's binary: `PETREL_REDIS_SERVER`. */
export const toolVariable = (name: string): string => `PETREL_${name.toUpperCase().replaceAll('-', '_')}`

/** Where a tool of a version is kept once it was fetched or built. */
export const cachePath = (tool: Tool, cache: string): string =>
  join(cache, `${tool.release?.name ?? tool.name}-${tool.pinned ?? '0'}`, tool.binaries[0] ?? tool.name)

/**
 * Looks where a tool may already be: its variable, PATH, the cache. Installs nothing. Its path is absolute: whoever
 * starts it may do so in another folder.
 * @throws PetrelError `tool_wrong` when its variable names something that will not do.
 */
export async function locateTool(
  tool: Tool,
  env: Readonly<Record<string, string | undefined>>,
  cache: string,
): Promise<FoundTool | undefined> {
  const named = env[toolVariable(tool.name)]
  if (named) {
    const version = await versionOf(tool, named)
    if (!version) {
      throw new PetrelError(
        'tool_wrong',
        `${toolVariable(tool.name)}=${named} is not ${tool.name} ≥ ${tool.minimum}`,
        {
          hint: `name the right file, or unset ${toolVariable(tool.name)}`,
        },
      )
    }
    return { name: tool.name, path: resolve(named), version, source: toolVariable(tool.name) }
  }
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const binary of tool.binaries) {
      const path = resolve(folder, binary)
      const version = await versionOf(tool, path)
      if (version) return { name: tool.name, path, version, source: 'PATH' }
    }
  }
  const cached = cachePath(tool, cache)
  const version = await versionOf(tool, cached)
  return version ? { name: tool.name, path: cached, version, source: 'cache' } : undefined
}

/** The version of a binary, or nothing when it is missing, too old, or another program. */
export async function versionOf(tool: Tool, path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK)
  } catch {
    return undefined
  }
  const { all } = await execa(path, tool.versionArgs, {
    all: true,
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
  })
  const version = tool.versionPattern.exec(all ?? '')?.[1]
  return version && atLeast(version, tool.minimum) ? version : undefined
}

/** Compares dotted numbers: `2.42.0` is at least `2.42`. */
export function atLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number)
  for (const [index, part] of minimum.split('.').map(Number).entries()) {
    const own = have[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}
