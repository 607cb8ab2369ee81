import { PHASES, type Phase } from '../scenarios/define.ts'

/** Stands for a recovery that did not happen: greater than any time, and a number, as k6 wants it. */
export const NEVER_MS = 1e12

/** So many seconds of the fault and of the recovery are looked at one by one. */
const SECONDS = 30
export const BURST_PHASES: readonly Phase[] = PHASES.slice(-2)
/** `fault-0`, `fault-1`, … `recovery-29`: tag `second` of `petrel_reconnects_in_second`. */
export const BURST_SECONDS: readonly string[] = BURST_PHASES.flatMap(phase =>
  Array.from({ length: SECONDS }, (_, second) => `${phase}-${second}`),
)
