import { z } from 'zod'
import { PHASES, SCENARIOS, THRESHOLD_PHASES } from '#catalog'
import { DURATION } from '#core'

const limit = z.string().describe('one of <= >= == < > and a number, as ">= 0.99"')

const overrideSchema = z
  .strictObject({
    title: z.string().min(1).optional().describe('what it is for, in a few words'),
    measure: z
      .string()
      .optional()
      .describe(
        'arithmetic over the figures of the phase, as "usable / attempts"; a new threshold needs one',
      ),
    fail: limit.optional(),
    warn: limit.optional().describe('told, and fails nothing'),
    samples: z.string().optional().describe('the figure that counts the samples (attempts)'),
    atLeast: z.int().min(1).optional().describe('fewer samples prove nothing'),
    optional: z.boolean().optional().describe('left out, in place of not proven, where samples are few'),
  })
  .describe('changes a threshold of the catalogue with this name, or adds one')
export type Override = z.infer<typeof overrideSchema>

const ofOnePhase = z.record(
  z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name is written in kebab-case'),
  z.union([z.literal('off'), overrideSchema]),
)
const ofOneScenario = z.partialRecord(z.enum(THRESHOLD_PHASES), ofOnePhase)

/** Every scenario, for what is set for all of them. */
export const EVERY = '*'
const SCENARIO_KEYS = z.enum([EVERY, ...SCENARIOS.map(({ name }) => name)])

const duration = z.string().regex(DURATION, 'write a number and a unit, as 500ms, 10s or 1m30s')

/** `petrel.yaml`. */
export const configSchema = z
  .strictObject({
    version: z.literal(1),
    gate: z
      .strictObject({
        target: z.string().optional().describe('server to judge, where --target names none'),
        path: z.string().optional().describe('path of its stream where it is not ours, as /ws/{taskId}'),
        metrics: z.string().optional().describe('its metrics page'),
        scenarios: z
          .array(z.enum(SCENARIOS.map(({ name }) => name)))
          .min(1)
          .optional()
          .describe('what is played, in place of the suite, where the command names none'),
        phases: z
          .partialRecord(SCENARIO_KEYS, z.partialRecord(z.enum(PHASES), duration))
          .optional()
          .describe('lengths by scenario ("*" is every one) and phase, in place of what fits into the suite'),
        faultCommand: z
          .string()
          .min(1)
          .optional()
          .describe('replaces the servers of the target through the shell, for scenarios that want it'),
        thresholds: z
          .partialRecord(SCENARIO_KEYS, ofOneScenario)
          .optional()
          .describe('by scenario ("*" is every one), phase ("run" is all of them) and name'),
      })
      .optional(),
  })
  .describe('petrel.yaml')
export type Config = z.infer<typeof configSchema>
export type GateConfig = NonNullable<Config['gate']>
