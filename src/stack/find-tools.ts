import { join } from 'node:path'
import { errorText, PetrelError, type Report } from '#core'
import { aptInstall, canUseApt } from './apt.ts'
import { download } from './download.ts'
import { goBuild } from './go-build.ts'
import { cachePath, type FoundTool, locateTool, toolVariable, versionOf } from './locate.ts'
import type { Tool } from './tools/define.ts'
import { TOOLS, type ToolName } from './tools/index.ts'

export interface FindOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Folder of what was fetched and built, `.petrel/tools`. */
  cache: string
  report: Report
  signal: AbortSignal
}

/** Where `petrel` keeps tools: `PETREL_CACHE`, else `.petrel/tools` in the project. */
export function toolCache(env: Readonly<Record<string, string | undefined>>, project: string): string {
  return env.PETREL_CACHE ?? join(project, '.petrel', 'tools')
}

/**
 * Finds tools, and gets those that are missing. In order: the tool's variable, PATH, the cache, the pinned
 * release, a Go build of the pinned module, apt.
 * @throws PetrelError `tool_missing` with every way to get it by hand.
 */
export async function findTools<Name extends ToolName>(
  names: readonly Name[],
  options: FindOptions,
): Promise<Record<Name, FoundTool>> {
  const found: Partial<Record<Name, FoundTool>> = {}
  await Promise.all(
    names.map(async name => {
      const tool = await locateTool(TOOLS[name], options.env, options.cache)
      if (tool) found[name] = tool
    }),
  )
  const fetched = new Map<string, string[]>()
  for (const name of names) {
    if (found[name]) continue
    const failures: string[] = []
    const tool =
      (await fetchRelease(TOOLS[name], options, failures)) ?? (await build(TOOLS[name], options, failures))
    if (tool) found[name] = tool
    fetched.set(name, failures)
  }
  await installMissing(names, found, fetched, options)
  for (const name of names) {
    if (!found[name]) throw missing(TOOLS[name], fetched.get(name) ?? [])
  }
  return found as Record<Name, FoundTool>
}

async function fetchRelease(
  tool: Tool,
  options: FindOptions,
  failures: string[],
): Promise<FoundTool | undefined> {
  const archiveUrl = tool.release?.archive(process.platform, process.arch)
  if (!tool.release || !archiveUrl || options.env.PETREL_OFFLINE) return undefined
  const to = cachePath(tool, options.cache)
  options.report(`fetching ${tool.name} ${tool.pinned}`)
  try {
    const { checksums: checksumsUrl, binary } = tool.release
    await download({ archiveUrl, checksumsUrl, binary, to, signal: options.signal })
  } catch (error) {
    options.signal.throwIfAborted()
    failures.push(`release: ${errorText(error)}`)
    return undefined
  }
  return verified(tool, to, 'release', failures)
}

async function build(tool: Tool, options: FindOptions, failures: string[]): Promise<FoundTool | undefined> {
  if (!tool.goPackage) return undefined
  const go = await locateTool(GO, options.env, options.cache)
  if (!go) {
    failures.push(`go build: no Go ≥ ${GO.minimum} on PATH`)
    return undefined
  }
  const to = cachePath(tool, options.cache)
  try {
    const { report, signal } = options
    await goBuild({ name: tool.name, goPackage: tool.goPackage, to }, { go: go.path, report, signal })
  } catch (error) {
    options.signal.throwIfAborted()
    failures.push(`go build: ${errorText(error)}`)
    return undefined
  }
  return verified(tool, to, 'built with go', failures)
}

/** Go ≥ 1.21 fetches the toolchain that the module asks for by itself. */
export const GO: Tool = {
  name: 'go',
  binaries: ['go'],
  versionArgs: ['version'],
  versionPattern: /go version go(\d+\.\d+(?:\.\d+)?)/,
  minimum: '1.21',
}

async function installMissing<Name extends ToolName>(
  names: readonly Name[],
  found: Partial<Record<Name, FoundTool>>,
  failures: ReadonlyMap<string, string[]>,
  options: FindOptions,
): Promise<void> {
  const wanted = names.filter(name => !found[name] && TOOLS[name].aptPackage)
  if (wanted.length === 0 || !canUseApt() || options.env.PETREL_OFFLINE) return
  const packages = [...new Set(wanted.map(name => TOOLS[name].aptPackage as string))]
  try {
    await aptInstall(packages, options)
  } catch (error) {
    options.signal.throwIfAborted()
    for (const name of wanted) failures.get(name)?.push(`apt: ${errorText(error)}`)
    return
  }
  for (const name of wanted) {
    const tool = await locateTool(TOOLS[name], options.env, options.cache)
    if (tool) found[name] = { ...tool, source: 'apt' }
  }
}

async function verified(
  tool: Tool,
  path: string,
  source: string,
  failures: string[],
): Promise<FoundTool | undefined> {
  const version = await versionOf(tool, path)
  if (version) return { name: tool.name, path, version, source }
  failures.push(`${source}: ${path} does not say that it is ${tool.name} ≥ ${tool.minimum}`)
  return undefined
}

/** Every way to get a tool by hand, one sentence each. */
export function waysToGet(tool: Tool): string[] {
  const archive = tool.release?.archive(process.platform, process.arch)
  return [
    `put ${tool.name} ≥ ${tool.minimum} on PATH, or name it in ${toolVariable(tool.name)}`,
    ...(archive ? [`unpack ${archive}`] : []),
    ...(tool.goPackage ? [`install Go ≥ ${GO.minimum}, Petrel then builds it`] : []),
    ...(tool.aptPackage ? [`on Debian, as root: apt-get install ${tool.aptPackage}`] : []),
  ]
}

function missing(tool: Tool, failures: readonly string[]): PetrelError {
  const tried = failures.length > 0 ? ` (tried: ${failures.join('; ')})` : ''
  return new PetrelError('tool_missing', `${tool.name} ≥ ${tool.minimum} is not here${tried}`, {
    hint: waysToGet(tool).join('; or '),
  })
}
