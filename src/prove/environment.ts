import { availableParallelism, release, type as systemName } from 'node:os'

/** Versions and machine of a run, for whoever reads its result elsewhere. */
export const environmentOf = (
  tools: Readonly<Record<string, { version: string }>>,
): Record<string, string> => ({
  node: process.versions.node,
  ...Object.fromEntries(Object.entries(tools).map(([name, { version }]) => [name, version])),
  machine: `${systemName()} ${release()}, ${availableParallelism()} cores`,
})
