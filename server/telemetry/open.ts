import type { Logger } from '../log.ts'
import type { Tracing } from './tracing.ts'

/** Traces that are exported. */
export interface Telemetry {
  tracing: Tracing
  /** Sends what is left, within a bounded time whatever the collector does. Never throws. */
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Exporters that the SDK knows. */
const EXPORTERS = ['otlp', 'console', 'none']

const exportersOf = ({ OTEL_TRACES_EXPORTER = '' }: Environment) =>
  OTEL_TRACES_EXPORTER.split(',').flatMap(name => name.trim() || [])

/** What is wrong with OpenTelemetry's variables: an exporter that the SDK does not have. A sentence for each. */
export const telemetryProblems = (env: Environment): string[] =>
  exportersOf(env)
    .filter(name => !EXPORTERS.includes(name))
    .map(name => `OTEL_TRACES_EXPORTER "${name}" is no exporter: it takes ${EXPORTERS.join(', ')}`)

/**
 * Exports traces when one of OpenTelemetry's standard variables asks for it: an endpoint, or an exporter. Otherwise
 * nothing is loaded.
 */
export async function openTelemetry(env: Environment, log: Logger): Promise<Telemetry | undefined> {
  const exporters = exportersOf(env)
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporters.includes('none')) return undefined
  if (exporters.length === 0 && !endpoint) return undefined
  const { startSdk } = await import('./sdk.ts')
  return startSdk(env, log)
}
