import { styleText } from 'node:util'
import type { Report } from '#core'
import { VERDICT_WORDS, type Verdict } from '#report'
import type { Io } from './io.ts'

/** Progress on stderr, each line with the time since the command began. */
export function progressReport(io: Io): Report {
  const began = performance.now()
  return line => {
    const seconds = Math.floor((performance.now() - began) / 1_000)
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
    io.err(`${io.colour ? styleText('dim', clock) : clock}  ${line}\n`)
  }
}

/** A line of progress that changes in place; nothing where nobody looks on: there lines are written one by one. */
export function liveLine(io: Io): { show(text: string): void; clear(): void } | undefined {
  if (!io.colour) return undefined
  // Back to the first column, and what stood there is erased (ECMA-48: CR, EL).
  const write = (text: string) => io.err(`\r\u001b[K${text}`)
  return { show: text => write(styleText('dim', text)), clear: () => write('') }
}

/** Colour for a verdict; plain where nobody looks on. */
export function verdictText(io: Io, verdict: Verdict): string {
  const words = VERDICT_WORDS[verdict]
  const colour = { held: 'green', did_not_hold: 'red', not_proven: 'yellow' } as const
  return io.colour ? styleText(['bold', colour[verdict]], words) : words
}
