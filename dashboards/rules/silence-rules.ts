import { METRICS, type SilenceAlert, type WindowSet } from '#catalog'
import type { Watched } from '../watched.ts'
import { type RuleParts, seconds } from './alert-rule.ts'
import { sliRules } from './burn-rules.ts'
import { selector } from './selector.ts'

/** All handshakes a second, as the SLI records them first. */
function recordedHandshakes(set: WindowSet, watched: Watched): string {
  const sli = watched.slis.find(({ name }) => name === 'handshake')
  const [first] = sli ? sliRules(sli, set, watched).recording : []
  if (!first) throw new TypeError('nothing records the handshakes')
  return first.record
}

/** What used to come and has stopped. Of telemetry there are two: a whole job is not seen, or one of its servers. */
export function silenceRules(source: SilenceAlert, set: WindowSet, watched: Watched): RuleParts[] {
  const { window, before, above, ...timing } = source.windows[set]
  const handshakes = selector(METRICS.wsHandshakesTotal, {}, watched.selector)
  const open = selector(METRICS.wsConnections, { state: 'open' }, watched.selector)
  const common = {
    severity: source.severity,
    ...timing,
    condition: { kind: 'silence', window: seconds(window) } as const,
  }
  if (source.of === 'traffic') {
    const expr = [
      // What the handshake SLI has recorded: read from the counters this would cost as much as all other alerts.
      `avg_over_time(${recordedHandshakes(set, watched)}[${before}] offset ${window}) > ${above}`,
      // These need samples: a server that is not seen is the other alert's.
      `and sum by (job) (rate(${handshakes}[${window}])) == 0`,
      `and sum by (job) (max_over_time(${open}[${window}])) == 0`,
    ]
    return [{ ...common, expr: expr.join('\n') }]
  }
  const seen = (range: string) => `count by (job) (last_over_time(${open}[${range}]))`
  // Whoever was taken out of the configuration has no `up`. Who is down has one, and so has who answers without metrics.
  const target = selector({ name: 'up', labels: [] }, {}, watched.selector)
  const ofIt = (range: string) => `on (job, instance) last_over_time(${open}[${range}])`
  return [
    { ...common, expr: `${seen(before)}\nunless ${seen(window)}`, labels: { scope: 'job' } },
    {
      ...common,
      // Others of the job serve: no reason to wake anybody, and none to distrust the other alerts.
      severity: 'warning',
      expr: `count by (job) (\n  ${target} and ${ofIt(before)}\n  unless ${ofIt(window)}\n)\nand ${seen(window)}`,
      labels: { scope: 'instance' },
    },
  ]
}
