import { availableParallelism, cpus } from 'node:os'
import { z } from 'zod'

export const machineSchema = z.object({
  platform: z.string(),
  arch: z.string(),
  cores: z.number().int(),
  cpu: z.string(),
})
export type MachineName = z.infer<typeof machineSchema>

/** What must be alike for two runs to be compared. */
export function thisMachine(): MachineName {
  return {
    platform: process.platform,
    arch: process.arch,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
  }
}

export const machineText = ({ cpu, cores, platform, arch }: MachineName) =>
  `${cores} cores of ${cpu}, ${platform} ${arch}`
