import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'

/** What load needs of a machine, as it is for this process and its children. */
export interface Machine {
  cores: number
  /** Bytes that can be had without swapping, within the container's limit. */
  memory: number
  /** Open files and sockets that one process may have; Infinity without a limit. */
  descriptors: number
  /** How many connections to one address and port may be open from one source address; undefined if unknown. */
  ephemeralPorts: number | undefined
}

export async function readMachine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    memory: process.availableMemory(),
    descriptors: descriptorLimit(),
    ephemeralPorts: await ephemeralPorts(),
  }
}

/** Node's own diagnostic report knows the limit on every platform. */
function descriptorLimit(): number {
  if (!process.report) return Number.POSITIVE_INFINITY
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: unknown } } }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}

async function ephemeralPorts(): Promise<number | undefined> {
  try {
    const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    const [first = 0, last = 0] = range.trim().split(/\s+/).map(Number)
    return last - first + 1
  } catch {
    return undefined
  }
}

/** True when the folder, or the nearest one above it that exists, may be written. */
export async function isWritable(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      await access(at, constants.F_OK)
    } catch {
      if (at === dirname(at)) return false
      continue
    }
    return access(at, constants.W_OK).then(
      () => true,
      () => false,
    )
  }
}
