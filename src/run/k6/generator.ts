import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Clock } from '#core'

/** What the load generator took of its machine: a saturated one measures itself. */
export interface GeneratorFigures {
  /** Cores that it used in its busiest two seconds; null where the system does not tell. */
  peakCores: number | null
  /** Most descriptors (sockets, files) that it held at a look; null where the system does not tell. */
  peakDescriptors: number | null
  /** Most memory that it held, in bytes. */
  peakMemory: number | null
}

export interface GeneratorWatch {
  /** Ends the watch and gives what was seen. */
  stop(): GeneratorFigures
}

/** Long enough that a short burst, as its own start, is no saturation. */
const EVERY_MS = 2_000
/** Kernel ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

/** Looks at the generator's processes every two seconds from `startAt` on, by /proc; figures are of all together. */
export function watchGenerator(
  pids: readonly number[],
  startAt: number,
  clock: Pick<Clock, 'wall' | 'after'>,
): GeneratorWatch {
  const figures: GeneratorFigures = { peakCores: null, peakDescriptors: null, peakMemory: null }
  let before: { cpuMs: number; at: number } | undefined
  let timer: Disposable
  const look = () => {
    const seen = sumOf(pids.map(readProcess))
    if (seen) {
      const at = clock.wall()
      if (before) {
        const cores = (seen.cpuMs - before.cpuMs) / Math.max(1, at - before.at)
        figures.peakCores = Math.max(figures.peakCores ?? 0, Math.round(cores * 100) / 100)
      }
      before = { cpuMs: seen.cpuMs, at }
      figures.peakDescriptors = Math.max(figures.peakDescriptors ?? 0, seen.descriptors)
      figures.peakMemory = Math.max(figures.peakMemory ?? 0, seen.memory)
    }
    timer = clock.after(EVERY_MS, look)
  }
  timer = clock.after(Math.max(0, startAt - clock.wall()), look)
  return {
    stop() {
      timer[Symbol.dispose]()
      return figures
    },
  }
}

interface ProcessFigures {
  cpuMs: number
  descriptors: number
  memory: number
}

/** Nothing as soon as one of them has ended: its CPU time would be missed in the next difference. */
function sumOf(all: readonly (ProcessFigures | undefined)[]): ProcessFigures | undefined {
  const sum = { cpuMs: 0, descriptors: 0, memory: 0 }
  for (const one of all) {
    if (!one) return undefined
    sum.cpuMs += one.cpuMs
    sum.descriptors += one.descriptors
    sum.memory += one.memory
  }
  return sum
}

/** CPU time, descriptors and memory of a process; nothing when it has ended or there is no /proc. */
function readProcess(pid: number): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      memory: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024,
    }
  } catch {
    return undefined
  }
}

/** Share of the machine's cores above which the generator's times are its own. */
const MOST_OF_THE_CORES = 0.9

/** Why a generator that was too busy proves nothing. */
export function saturation({ peakCores }: GeneratorFigures, cores = availableParallelism()): string[] {
  if (peakCores === null || peakCores <= MOST_OF_THE_CORES * cores) return []
  return [`k6 used ${peakCores} of ${cores} cores for seconds: it measured itself, not the target`]
}
