import { readFileSync } from 'node:fs'
import { type Instruments, METRICS } from '#instrument'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** The version of Petrel that runs here. */
export const PETREL_VERSION: string = version

/** Says what runs here. */
export function measureBuild(instruments: Instruments): void {
  instruments.set(METRICS.petrelBuildInfo, { version, node_version: process.versions.node }, 1)
}
