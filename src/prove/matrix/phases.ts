import type { Drill, Phase } from '#catalog'

/** The clean history that every prediction counts on, in milliseconds. */
const WARMUP_MS = 20_000
const FAULT_MS = 25_000
/** Longer than the slowest alert takes to resolve. */
const RECOVERY_MS = 40_000

/** Lengths of a drill's phases, in milliseconds; all drills are equally long, and begin their fault at one moment. */
export function phasesOf({ faultMs = FAULT_MS }: Pick<Drill, 'faultMs'>): Record<Phase, number> {
  return { warmup: WARMUP_MS, steady: 0, fault: faultMs, recovery: FAULT_MS + RECOVERY_MS - faultMs }
}
