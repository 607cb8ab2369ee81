import { defineSilenceAlert } from './define.ts'

export const wsTelemetryAbsent = defineSilenceAlert({
  name: 'WsTelemetryAbsent',
  severity: 'critical',
  summary: 'A stream server is not seen any more, so no other alert can be trusted.',
  description:
    'Nothing is known of at least {{ $value | humanize }} servers of {{ $labels.job }}: they are down, or their metrics cannot be read. Users may or may not be served.',
  of: 'telemetry',
  windows: {
    production: { window: '5m', before: '1h', above: 0, for: '2m', keepFiringFor: '1m' },
    drill: { window: '5s', before: '120s', above: 0, for: '2s', keepFiringFor: '5s' },
  },
  board: 'overview',
  panel: 'Servers that are watched',
  allowed: { detect: '30s', resolve: '30s' },
  silences: 'all',
})
