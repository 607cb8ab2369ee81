import { coefficientOfVariation, detectableShift, hodgesLehmann, mannWhitney, median } from '#core'
import type { Check } from '../result.ts'
import { MEASURES, type Measure } from './measures.ts'
import { noiseFloorOf } from './repeat.ts'

/** Chance of a false alarm over all measures of one comparison. */
const ALPHA = 0.05
const POWER = 0.8

export interface CompareOptions {
  /** The relative slowdown that must not go unseen, 0.1 for 10 %; a smaller one fails nothing. */
  effect: number
}

type Runs = readonly Readonly<Record<string, number>>[]

/**
 * Compares repeated runs of a scenario with those of its baseline, one check for each measure that every run of the
 * baseline has. A slowdown must be beyond chance (Mann–Whitney, corrected by Holm), beyond the least effect, and
 * beyond what the machine's own noise makes of one and the same build. What the runs could not have seen is not proven.
 */
export function compareRuns(base: Runs, head: Runs, { effect }: CompareOptions): Check[] {
  const ofBase = MEASURES.filter(({ name }) => valuesOf(base, name).length === base.length)
  const isComparable = ({ name }: Measure) =>
    valuesOf(head, name).length === head.length &&
    [base, head].every(runs => median(valuesOf(runs, name)) > 0)
  const measures = ofBase.filter(isComparable)
  const tested = measures.map(measure => {
    const [first, second] = [valuesOf(base, measure.name), valuesOf(head, measure.name)]
    return { measure, first, second, p: mannWhitney(first, second).p }
  })
  const adjusted = holm(tested.map(({ p }) => p))
  const compared = tested.map(({ measure, first, second }, index) => {
    const level = median(first)
    const { shift, low, high } = hodgesLehmann(first, second)
    const relative = { shift: shift / level, low: low / level, high: high / level }
    const floor = noiseFloorOf(first)
    const noise = Math.max(coefficientOfVariation(first), coefficientOfVariation(second))
    const runs = [first.length, second.length] as const
    const detectable = detectableShift({ runs, noise, alpha: ALPHA / measures.length }, POWER)
    const p = adjusted[index] ?? 1
    const isSlower = p < ALPHA && relative.shift > Math.max(effect, floor)
    const isBlind = detectable > Math.max(effect, floor)
    const verdict = isSlower ? 'did_not_hold' : isBlind ? 'not_proven' : 'held'
    const told = `${percent(relative.shift)} against ${level.toFixed(1)} ms (${interval(relative)}, p ${p.toFixed(3)})`
    const seen = Number.isFinite(detectable)
      ? `${runs.join(' and ')} runs would have shown ${percent(detectable)} or more in 4 of 5 cases`
      : `${runs.join(' and ')} runs can show no change, whatever its size`
    return check(measure, {
      verdict,
      measured: relative.shift,
      limit: `at most ${percent(Math.max(effect, floor))} more`,
      samples: { of: 'runs', count: Math.min(...runs), atLeast: 1 },
      source: floor > effect ? 'noise of the baseline' : '--effect',
      note: verdict === 'held' ? '' : `${told}; ${seen}`,
      comparison: {
        ...finite(relative),
        p,
        noise,
        floor,
        detectable: Number.isFinite(detectable) ? detectable : null,
        base: first,
        head: second,
      },
    })
  })
  const others = ofBase.filter(measure => !isComparable(measure))
  return [...compared, ...others.map(measure => check(measure, { note: whyNot(measure, head) }))]
}

const valuesOf = (runs: Runs, name: string) =>
  runs.flatMap(({ [name]: value }) => (value === undefined ? [] : [value]))

function whyNot({ name }: Measure, head: Runs): string {
  const missing = head.length - valuesOf(head, name).length
  return missing > 0
    ? `${missing} of ${head.length} runs have none, and each of the baseline has`
    : 'it is 0 ms, of which nothing is a share: too short a time to be compared'
}

const check = ({ name, title, phase }: Measure, found: Partial<Check>): Check => ({
  id: `baseline/${name}`,
  kind: 'baseline',
  title: `no slower than the baseline: ${title}`,
  phase,
  verdict: 'not_proven',
  measured: null,
  server: null,
  limit: '',
  samples: null,
  source: '--effect',
  note: '',
  comparison: null,
  ...found,
})

/** p values corrected for their number (Holm, 1979), in their order. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p)
  const adjusted: number[] = Array(values.length).fill(1)
  let highest = 0
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (values.length - rank)))
    adjusted[index] = highest
  }
  return adjusted
}

const percent = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`
const interval = ({ low, high }: { low: number; high: number }) =>
  Number.isFinite(low) && Number.isFinite(high)
    ? `95 %: ${percent(low)} to ${percent(high)}`
    : 'too few runs for an interval'

/** JSON has no infinity. */
function finite({ shift, low, high }: { shift: number; low: number; high: number }) {
  const orNull = (value: number) => (Number.isFinite(value) ? value : null)
  return { shift, low: orNull(low), high: orNull(high) }
}
