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

/** Variables of OpenTelemetry that decide whether and how traces leave; its SDK reads more. */
export const TELEMETRY_VARIABLES: readonly {
  variable: string
  meaning: string
  isSecret?: true
  /** May hold a password, which is never shown. */
  isUrl?: true
}[] = [
  {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning: 'URL of the collector, as http://127.0.0.1:4318. Turns traces on.',
    isUrl: true,
  },
  {
    variable: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    meaning: 'The same for traces alone, with the whole path. Turns traces on.',
    isUrl: true,
  },
  {
    variable: 'OTEL_TRACES_EXPORTER',
    meaning: '`otlp` or `console` turns traces on, `none` turns them off.',
  },
  { variable: 'OTEL_SDK_DISABLED', meaning: '`true` turns all of it off.' },
  {
    variable: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    meaning: '`http/protobuf` (the default), `http/json` or `grpc`.',
  },
  {
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    meaning: 'Headers for the collector, as a token. Never shown.',
    isSecret: true,
  },
  { variable: 'OTEL_SERVICE_NAME', meaning: 'Name of this service in traces (`petrel`).' },
  {
    variable: 'OTEL_RESOURCE_ATTRIBUTES',
    meaning: 'More about this service, as key=value, divided by commas.',
  },
  {
    variable: 'OTEL_TRACES_SAMPLER',
    meaning: 'Which traces are kept; the default keeps all whose caller did, and all that begin here.',
  },
  { variable: 'OTEL_TRACES_SAMPLER_ARG', meaning: 'The share for a sampler by ratio, from 0 to 1.' },
  { variable: 'OTEL_PROPAGATORS', meaning: 'How callers hand over their trace (`tracecontext,baggage`).' },
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
