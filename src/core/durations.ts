import { PetrelError } from './errors.ts'

const MILLISECONDS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The text of a duration. */
export const DURATION = /^(\d+(ms|s|m|h|d))+$/

/**
 * Milliseconds of a duration as Prometheus and k6 write it: `500ms`, `10s`, `1m30s`, `3d`.
 * @throws PetrelError `bad_duration` when the text is anything else.
 */
export function parseDuration(text: string): number {
  if (!DURATION.test(text)) {
    throw new PetrelError('bad_duration', `"${text}" is not a duration`, {
      hint: 'write a number and a unit, as 500ms, 10s, 1m30s or 3d',
    })
  }
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)]
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (MILLISECONDS[unit] ?? 0), 0)
}

/** The shortest way to write a whole number of milliseconds: `90000` → `1m30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds <= 0) return '0s'
  let rest = Math.round(milliseconds)
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = MILLISECONDS[unit] ?? 1
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text
}
