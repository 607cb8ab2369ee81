import type { LevelAlert, WindowSet } from '#catalog'
import type { Watched } from '../watched.ts'
import { type RuleParts, seconds } from './alert-rule.ts'
import { selectionOf, selector } from './selector.ts'

/** A gauge of the worst instance of each job, averaged where it has a window. */
export function levelRule(source: LevelAlert, set: WindowSet, watched: Watched): RuleParts {
  const { window, threshold, ...timing } = source.windows[set]
  const { compare } = source
  return {
    severity: source.severity,
    expr: `${levelOf(source, window, watched)} ${compare} ${threshold}`,
    ...timing,
    condition: { kind: 'level', window: window === undefined ? 0 : seconds(window), compare, threshold },
  }
}

/** What the alert compares: the worst instance of each job, averaged over a window where there is one. */
export function levelOf(
  { gauge, per, compare }: Pick<LevelAlert, 'gauge' | 'per' | 'compare'>,
  window: string | undefined,
  watched: Watched,
): string {
  const series =
    'metric' in gauge
      ? selectionOf(gauge, watched.selector)
      : selector({ name: gauge.processMetric, labels: [] }, {}, watched.selector)
  const value = window === undefined ? series : `avg_over_time(${series}[${window}])`
  const ratio = per && shareOf(value, selectionOf(per, watched.selector))
  return `${compare === '>' ? 'max' : 'min'} by (job) (${ratio ?? value})`
}

/** A share of a limit; where the limit is not told (0) there is none. */
export const shareOf = (value: string, limit: string) =>
  `${value} / on (job, instance) (${limit} > 0 or ${limit} + Inf)`
