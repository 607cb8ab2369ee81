import { PetrelError } from '#core'
import type { Logger } from '../log.ts'
import type { Tracing } from './tracing.ts'

/** Traces that are exported. */
export interface Telemetry {
  tracing: Tracing
  /** Sends what is left, within a bounded time whatever the collector does. Never throws. */
  stop(): Promise<void>
}

/** Exporters that the SDK knows. */
const EXPORTERS = ['otlp', 'console', 'none']

/**
 * Exports traces when one of OpenTelemetry's standard variables asks for it: an endpoint, or an exporter. Otherwise
 * nothing is loaded.
 * @throws PetrelError `bad_settings` for an exporter that the SDK does not have.
 */
export async function openTelemetry(
  env: Readonly<Record<string, string | undefined>>,
  log: Logger,
): Promise<Telemetry | undefined> {
  const exporters = (env.OTEL_TRACES_EXPORTER ?? '').split(',').flatMap(name => name.trim() || [])
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT
  const unknown = exporters.find(name => !EXPORTERS.includes(name))
  if (unknown !== undefined) {
    throw new PetrelError('bad_settings', `OTEL_TRACES_EXPORTER "${unknown}" is no exporter`, {
      hint: `it takes ${EXPORTERS.join(', ')}`,
    })
  }
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporters.includes('none')) return undefined
  if (exporters.length === 0 && !endpoint) return undefined
  const { startSdk } = await import('./sdk.ts')
  return startSdk(env, log)
}
