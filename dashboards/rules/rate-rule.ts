import type { RateAlert, WindowSet } from '#catalog'
import type { Watched } from '../watched.ts'
import { type RuleParts, seconds } from './alert-rule.ts'
import { selector } from './selector.ts'

/** More than so many events a second and, where asked for, more than a share of all. */
export function rateRule(source: RateAlert, set: WindowSet, watched: Watched): RuleParts {
  const { window, above, ...timing } = source.windows[set]
  const rate = (part: string) => `sum by (job) (rate(${part}[${window}]))`
  const terms = source.where.map(where => rate(selector(source.metric, where, watched.selector)))
  const sum = terms.join('\n  + ')
  const bad = terms.length > 1 ? `(\n  ${sum}\n)` : sum
  const share = source.minimumShare
  const all = rate(selector(source.metric, {}, watched.selector))
  return {
    severity: source.severity,
    expr: share === undefined ? `${bad} > ${above}` : `${bad} > ${above}\nand ${bad} > ${share} * ${all}`,
    ...timing,
    condition: {
      kind: 'rate',
      window: seconds(window),
      above,
      ...(share === undefined ? {} : { minimumShare: share }),
    },
  }
}
