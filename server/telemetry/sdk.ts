import { DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { withTimeout } from '#core'
import { PETREL_VERSION } from '../build-info.ts'
import { errorFields, type Logger, outside } from '../log.ts'
import type { Telemetry } from './open.ts'
import { tracing } from './tracing.ts'

/** What is left is sent within so many milliseconds of the stop, or given up. */
const FLUSH_MS = 2_000

/**
 * Starts OpenTelemetry's SDK for traces; the rest it reads from the environment. Metrics are scraped and logs are
 * lines: neither is exported a second time.
 */
export function startSdk(env: Readonly<Record<string, string | undefined>>, log: Logger): Telemetry {
  const isNamed = env.OTEL_SERVICE_NAME || env.OTEL_RESOURCE_ATTRIBUTES?.includes('service.name=')
  if (!env.OTEL_LOG_LEVEL) {
    const tell = (message: string) => log.warn({ reason: outside(textOf(message)) }, 'telemetry_problem')
    const nothing = () => {}
    diag.setLogger(
      { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing },
      DiagLogLevel.WARN,
    )
  }
  const sdk = new NodeSDK({
    ...(isNamed ? {} : { serviceName: 'petrel' }),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  })
  sdk.start()
  return {
    tracing: tracing(trace.getTracer('petrel', PETREL_VERSION), propagation),
    async stop() {
      const late = () => new Error(`traces were not sent within ${FLUSH_MS} ms`)
      await withTimeout(sdk.shutdown(), FLUSH_MS, late).catch(error =>
        log.warn(errorFields(error), 'telemetry_flush_failed'),
      )
    },
  }
}

/** The SDK writes an error as JSON, with its stack. */
function textOf(message: string): string {
  try {
    const error: unknown = JSON.parse(message)
    return error && typeof error === 'object' && 'message' in error ? String(error.message) : message
  } catch {
    return message
  }
}
