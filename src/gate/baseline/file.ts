import { z } from 'zod'
import { PHASES, SCENARIOS } from '#catalog'
import { PetrelError } from '#core'
import { type MachineName, machineSchema, machineText } from './machine.ts'

const baselineScenarioSchema = z.object({
  scenario: z.string(),
  settings: z.object({
    taskMs: z.number(),
    phases: z.record(z.string(), z.number()),
  }),
  runs: z
    .array(z.record(z.string(), z.number()))
    .min(1)
    .describe('the figures of each run that was clean, by measure, in milliseconds'),
})
export type BaselineScenario = z.infer<typeof baselineScenarioSchema>

export const baselineSchema = z
  .object({
    schema: z.literal('petrel.baseline/1'),
    createdAt: z.iso.datetime(),
    machine: machineSchema,
    k6: z.string(),
    target: z.string(),
    scenarios: z.array(baselineScenarioSchema).min(1),
  })
  .describe('Baseline of `petrel baseline save`')
export type Baseline = z.infer<typeof baselineSchema>

/**
 * Reads a baseline.
 * @throws PetrelError `baseline_unfit` when it is none, of another schema, or of scenarios that are no more
 */
export function readBaseline(text: string, file: string): Baseline {
  const unfit = (why: string) =>
    new PetrelError('baseline_unfit', `${file} cannot be compared with: ${why}`, {
      hint: 'make one with petrel baseline save, on the machine that compares',
    })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw unfit('it is no JSON, or was cut off')
  }
  const { schema } = z
    .object({ schema: z.string().catch('none') })
    .catch({ schema: 'none' })
    .parse(content)
  if (schema !== 'petrel.baseline/1') throw unfit(`its schema is ${schema}, not petrel.baseline/1`)
  const parsed = baselineSchema.safeParse(content)
  if (!parsed.success) throw unfit(z.prettifyError(parsed.error))
  for (const { scenario, settings } of parsed.data.scenarios) {
    if (!SCENARIOS.some(({ name }) => name === scenario))
      throw unfit(`there is no scenario ${scenario} any more`)
    if (Object.keys(settings.phases).toSorted().join() !== PHASES.toSorted().join()) {
      throw unfit(`its phases of ${scenario} are not those that are played now`)
    }
  }
  return parsed.data
}

/** @throws PetrelError `baseline_unfit` when it comes from another machine: its times mean nothing here. */
export function mustBeOf(machine: MachineName, baseline: Baseline, file: string): void {
  const [there, here] = [machineText(baseline.machine), machineText(machine)]
  if (there === here) return
  throw new PetrelError('baseline_unfit', `${file} is of another machine: ${there}; this one is ${here}`, {
    hint: 'save a baseline here, or compare two servers side by side with --base-target',
  })
}
