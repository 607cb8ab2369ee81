import { TOOLS, toolVariable } from '#stack'
import { SETTINGS } from '../../server/settings/index.ts'
import { nearest } from './suggest.ts'

/** Variables that are no setting of the server. */
export const OTHER_VARIABLES: readonly { variable: string; meaning: string }[] = [
  { variable: 'PETREL_CACHE', meaning: 'Folder where tools are kept that Petrel fetched or built.' },
  { variable: 'PETREL_OFFLINE', meaning: 'Set to anything: nothing is fetched or installed.' },
  { variable: 'PETREL_TALLY', meaning: "File that `petrel test` collects its tests' tool versions in." },
  ...[...Object.keys(TOOLS), 'npm', 'go'].map(name => ({
    variable: toolVariable(name),
    meaning: `Path of ${name}, instead of looking for it.`,
  })),
]

/** What Kubernetes sets in every container for a service that is called `petrel`, or begins so. */
const isServiceLink = (variable: string, value = '') =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable) ||
  (variable.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))

export interface UnknownVariables {
  /** One sentence for each that is nearly the name of a setting. */
  misspelt: readonly string[]
  /** Names that nothing reads. */
  unknown: readonly string[]
}

/** The `PETREL_` variables that nothing reads. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): UnknownVariables {
  const settings = Object.values(SETTINGS).map(({ variable }) => variable as string)
  const known = new Set([...settings, ...OTHER_VARIABLES.map(({ variable }) => variable)])
  const bare = (variable: string) => variable.slice('PETREL_'.length)
  const misspelt: string[] = []
  const unknown: string[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('PETREL_') || known.has(variable) || isServiceLink(variable, value)) continue
    // Without the prefix, which all have in common and which would make all of them near.
    const near = nearest(bare(variable), settings.map(bare))
    if (near !== undefined) misspelt.push(`${variable} is no setting: did you mean PETREL_${near}?`)
    else unknown.push(variable)
  }
  return { misspelt, unknown }
}
