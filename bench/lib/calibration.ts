import { closeSync, openSync, writeSync } from 'node:fs'

/** What a fast machine of 2026 does the loop in; only the ratio to it matters. Milliseconds of CPU. */
const REFERENCE_MS = 20

/**
 * How slow this core is at the moment, against a fixed reference: a fixed loop, half JavaScript and half system
 * calls as the work under measurement is, in CPU time. Dividing by it takes out what a shared host gives and takes.
 */
export function slowness(): number {
  const nowhere = openSync('/dev/null', 'w')
  const chunk = Buffer.alloc(150)
  const before = process.cpuUsage()
  let state = 1
  for (let i = 0; i < 12_000_000; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  chunk.writeInt32LE(state)
  for (let i = 0; i < 20_000; i++) writeSync(nowhere, chunk)
  const { user, system } = process.cpuUsage(before)
  closeSync(nowhere)
  return (user + system) / 1_000 / REFERENCE_MS
}
