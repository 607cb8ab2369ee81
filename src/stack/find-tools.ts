import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorText, PetrelError, type Report } from '#core'
import { aptInstall, canUseApt } from './apt.ts'
import { download } from './download.ts'
import { goBuild } from './go-build.ts'
import { cachePath, type FoundTool, locateTool, toolVariable, versionOf } from './locate.ts'
import type { Tool } from './tools/define.ts'
import { TOOLS, type ToolName } from './tools/index.ts'

export interface FindOptions {
  /** PATH, the tools' variables, and PETREL_OFFLINE, which keeps it from fetching and from apt. */
  env: Readonly<Record<string, string | undefined>>
  /** Folder of what was fetched and built, `.petrel/tools`. */
  cache: string
  report: Report
  signal: AbortSignal
}

/** Where `petrel` keeps tools: `PETREL_CACHE`, else `.petrel/tools` in the project. A path from the root. */
export function toolCache(env: Readonly<Record<string, string | undefined>>, project: string): string {
  return resolve(env.PETREL_CACHE ?? join(project, '.petrel', 'tools'))
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
  const tools = await obtain(
    names.map(name => TOOLS[name]),
    options,
  )
  return Object.fromEntries(tools.map(tool => [tool.name, tool])) as Record<Name, FoundTool>
}

/** As `findTools`, for any list of tools. */
export async function obtain(tools: readonly Tool[], options: FindOptions): Promise<FoundTool[]> {
  const wanted: Wanted[] = await Promise.all(
    tools.map(async tool => ({
      tool,
      found: await locateTool(tool, options.env, options.cache),
      failures: [],
    })),
  )
  const unreachable = new Set<string>()
  for (const want of wanted) {
    want.found ??= await fetchRelease(want, options, unreachable)
    want.found ??= await build(want, options)
  }
  await installPackages(wanted, options)
  return wanted.map(want => want.found ?? fail(want))
}

/** A tool on its way: found, or why it was not at each place. */
interface Wanted {
  tool: Tool
  found: FoundTool | undefined
  failures: string[]
}

async function fetchRelease(
  { tool, failures }: Wanted,
  options: FindOptions,
  unreachable: Set<string>,
): Promise<FoundTool | undefined> {
  const archiveUrl = tool.release?.archive(process.platform, process.arch)
  if (!tool.release || !archiveUrl || options.env.PETREL_OFFLINE) return undefined
  const { host } = new URL(archiveUrl)
  const path = cachePath(tool, options.cache)
  // Its release may have come with another tool.
  const version = await versionOf(tool, path)
  if (version) return { name: tool.name, path, version, source: 'release' }
  if (unreachable.has(host)) {
    failures.push(`release: ${host} cannot be reached`)
    return undefined
  }
  const { report, signal } = options
  report(`fetching ${tool.release.name} ${tool.pinned} from ${host}`)
  try {
    const { checksums: checksumsUrl, binaries } = tool.release
    await download({ archiveUrl, checksumsUrl, binaries, folder: dirname(path), report, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PetrelError && error.code === 'network_unreachable') unreachable.add(host)
    report(`no release of ${tool.release.name}: ${errorText(error)}`)
    failures.push(`release: ${errorText(error)}`)
    return undefined
  }
  return verified(tool, path, 'release', failures)
}

async function build({ tool, failures }: Wanted, options: FindOptions): Promise<FoundTool | undefined> {
  if (!tool.goPackage) return undefined
  const go = await locateTool(GO, options.env, options.cache)
  if (!go) {
    failures.push(`go build: no Go ≥ ${GO.minimum} on PATH`)
    return undefined
  }
  const to = cachePath(tool, options.cache)
  const { report, signal } = options
  try {
    await goBuild({ name: tool.name, goPackage: tool.goPackage, to }, { go: go.path, report, signal })
  } catch (error) {
    signal.throwIfAborted()
    report(`no build of ${tool.name}: ${errorText(error)}`)
    failures.push(`go build: ${explained(error)}`)
    return undefined
  }
  return verified(tool, to, 'built with go', failures)
}

/** An error with its hint: a compiler's or apt's last lines say more than its exit code. */
function explained(error: unknown): string {
  const hint = error instanceof PetrelError && error.hint ? `: ${error.hint}` : ''
  return `${errorText(error)}${hint}`
}

/** Go ≥ 1.21 fetches the toolchain that the module asks for by itself. */
export const GO: Tool = {
  name: 'go',
  binaries: ['go'],
  versionArgs: ['version'],
  versionPattern: /go version go(\d+\.\d+(?:\.\d+)?)/,
  minimum: '1.21',
  page: 'https://go.dev/dl',
}

/** One call of apt for all that is still missing. */
async function installPackages(all: readonly Wanted[], options: FindOptions): Promise<void> {
  const wanted = all.filter(({ found, tool }) => !found && tool.aptPackage)
  if (wanted.length === 0 || !canUseApt() || options.env.PETREL_OFFLINE) return
  const packages = new Set(wanted.flatMap(({ tool }) => tool.aptPackage ?? []))
  try {
    await aptInstall([...packages], options)
  } catch (error) {
    options.signal.throwIfAborted()
    for (const { failures } of wanted) failures.push(`apt: ${explained(error)}`)
    return
  }
  for (const want of wanted) {
    const found = await locateTool(want.tool, options.env, options.cache)
    want.found = found && { ...found, source: 'apt' }
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
  await rm(path, { force: true })
  failures.push(`${source}: what came is not ${tool.name} ≥ ${tool.minimum}`)
  return undefined
}

/** How `findTools` would get a tool that is not here, in its order. What the network allows is not tried. */
export async function waysHere(
  tool: Tool,
  { env, cache }: Pick<FindOptions, 'env' | 'cache'>,
): Promise<string[]> {
  const online = !env.PETREL_OFFLINE
  const ways: string[] = []
  if (online && tool.release?.archive(process.platform, process.arch)) ways.push('its release')
  if (tool.goPackage && (await locateTool(GO, env, cache))) ways.push('go build')
  if (online && tool.aptPackage && canUseApt()) ways.push('apt-get')
  return ways
}

/** Every way to get a tool by hand, one sentence each. */
export function waysToGet(tool: Tool): string[] {
  const archive = tool.release?.archive(process.platform, process.arch)
  return [
    `put ${tool.name} ≥ ${tool.minimum} on PATH, or name it in ${toolVariable(tool.name)}`,
    ...(archive ? [`unpack ${archive}`] : []),
    ...(tool.goPackage ? [`install Go ≥ ${GO.minimum}, Petrel then builds it`] : []),
    ...(tool.aptPackage ? [`on Debian, as root: apt-get install ${tool.aptPackage}`] : []),
    ...(tool.page ? [`see ${tool.page}`] : []),
  ]
}

function fail({ tool, failures }: Wanted): never {
  const tried = failures.length > 0 ? ` (tried: ${failures.join('; ')})` : ''
  throw new PetrelError('tool_missing', `${tool.name} ≥ ${tool.minimum} is not here${tried}`, {
    hint: waysToGet(tool).join('; or '),
  })
}
