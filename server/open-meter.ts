import type { Server } from 'node:http'
import { collectDefaultMetrics } from 'prom-client'
import type { WebSocketServer } from 'ws'
import type { Clock } from '#core'
import { clientIdOf, type InstrumentOptions, instrument, type Meter } from '#instrument'
import { measureBuild } from './build-info.ts'
import type { Faults } from './faults/index.ts'
import { measureFaults } from './measure-faults.ts'
import type { TrustedProxies } from './security/trusted-proxies.ts'
import type { ServerSettings } from './settings/index.ts'
import { isServed, STREAM_TEMPLATES } from './stream/routes.ts'
import type { Tracing } from './telemetry/tracing.ts'

export interface MeterParts {
  settings: ServerSettings
  http: Server
  wss: WebSocketServer
  proxies: TrustedProxies
  faults: Faults
  clock: Clock
  tracing: Tracing | undefined
  onVerdict: NonNullable<InstrumentOptions['onVerdict']>
}

/** Measures the server: its handshakes and sessions, its process, what it is, and which faults are on. */
export function openMeter(parts: MeterParts): Meter {
  const { settings, http, wss, proxies, faults, clock, tracing, onVerdict } = parts
  const serves = (template: string) => faults.at('serves', isServed)(template)
  const meter = instrument({
    http,
    wss,
    routes: STREAM_TEMPLATES.filter(template => settings.faultControl !== 'off' || serves(template)),
    serves,
    clock,
    clientKey(request) {
      const id = clientIdOf(request.url)
      return id === undefined ? `ip:${proxies.clientAddress(request)}` : `id:${id}`
    },
    connectionsLimit: settings.connectionLimit,
    onVerdict,
    ...(tracing ? { tracer: tracing.connections } : {}),
  })
  collectDefaultMetrics({ register: meter.register })
  // Gauges whose names end as a counter's, which no OpenMetrics gauge may; sums of others anyway.
  for (const what of ['handles', 'requests', 'resources']) {
    meter.register.removeSingleMetric(`nodejs_active_${what}_total`)
  }
  measureBuild(meter.instruments)
  measureFaults(faults, meter.instruments)
  return meter
}
