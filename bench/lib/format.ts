import type { Claim } from './result.ts'
import type { Estimate } from './statistics.ts'

/** Three digits that count, thousands with commas. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toLocaleString('en', {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: Math.min(digits, 2),
  })
}

/** `1.32 [1.28, 1.37]` */
export function interval({ median, low, high }: Estimate): string {
  return low === high ? number(median) : `${number(median)} [${number(low)}, ${number(high)}]`
}

export function limitText({ limit, unit, highAtMost }: Claim): string {
  const text = 'atLeast' in limit ? `≥ ${number(limit.atLeast)}` : `≤ ${number(limit.atMost)}`
  return `${text} ${unit}${highAtMost === undefined ? '' : `, interval ≤ ${number(highAtMost)}`}`
}
