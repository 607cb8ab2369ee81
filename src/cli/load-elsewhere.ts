import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scenario } from '#catalog'
import { errorText, PetrelError } from '#core'
import { bundleScenario, kubernetesManifests, type LoadResult, type LoadSettings, mergedLoad } from '#run'
import type { Io } from './io.ts'
import type { LoadCommandOptions } from './load-options.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Manifests by which k6-operator plays the scenario.
 * @throws PetrelError `bad_option` when it cannot be played there
 */
export async function emitted(
  scenario: Scenario,
  settings: LoadSettings,
  { target, image, segments }: LoadCommandOptions,
): Promise<string> {
  if (target.length === 0) {
    throw new PetrelError('bad_option', '--emit without --target', {
      hint: 'name the server as the cluster reaches it, as http://stream.default.svc:8080',
    })
  }
  const targets = target.map(one => {
    const url = URL.canParse(one) ? new URL(one.replace(/^ws/, 'http')) : undefined
    if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin
    throw new PetrelError('bad_target', `"${one}" is not the address of a server`, {
      hint: 'write scheme, host and port, as http://stream.default.svc:8080; its path goes to --path',
    })
  })
  const script = await bundleScenario(`./loadtests/scenarios/${scenario.name}.ts`, ROOT)
  // Source addresses are those of the pods, and nobody can ask from here whether the target makes tasks.
  const { addresses: _, ...crowd } = settings
  return kubernetesManifests({
    scenario,
    settings: { ...crowd, createsTasks: settings.pathTemplate === undefined },
    targets,
    parallelism: segments,
    image,
    script,
  })
}

/** @throws PetrelError `config_unreadable` for a log that cannot be read, `bad_option` for one that is none */
export async function merged(scenario: Scenario, files: readonly string[], io: Io): Promise<LoadResult> {
  const logs = await Promise.all(
    files.map(async file => {
      try {
        return { name: basename(file), text: await readFile(resolve(io.cwd, file), 'utf8') }
      } catch (cause) {
        throw new PetrelError('config_unreadable', `the log ${file} cannot be read: ${errorText(cause)}`)
      }
    }),
  )
  return mergedLoad(scenario, logs, { target: 'that of the runners', k6: 'that of the runners' })
}
