import { systemClock, withScope } from '#core'
import { type EffectiveThreshold, type GateOptions, type GateResult, type GateTools, runGate } from '#gate'
import { temporaryFolder } from '#stack'
import type { Io } from './io.ts'
import { mustFit } from './load-plan.ts'
import { progressReport } from './progress.ts'
import { projectTools } from './project.ts'

/** What a command decides of a gate; the rest is alike for all of them. */
type Decided = Pick<
  GateOptions,
  | 'suite'
  | 'scenarios'
  | 'repeat'
  | 'settings'
  | 'target'
  | 'baseline'
  | 'base'
  | 'faultCommand'
  | 'whenMissing'
> & { thresholds: ReadonlyMap<string, readonly EffectiveThreshold[]> }

/** Runs the gate with the project's own tools, in a temporary folder that goes with it. */
export function playGate({ thresholds, ...decided }: Decided, io: Io): Promise<GateResult> {
  const { scenarios, settings, target } = decided
  return withScope(async scope => {
    const report = progressReport(io)
    const tools = async (): Promise<GateTools> => {
      await mustFit(scenarios.map(scenario => ({ scenario, settings: settings(scenario) })))
      const { k6 } = await projectTools(['k6'], io, report)
      // Servers of our own that are replaced keep their tasks in it.
      const replaces = target === undefined && scenarios.some(({ cause }) => cause.by === 'command')
      if (!replaces) return { k6 }
      const { 'redis-server': redis } = await projectTools(['redis-server'], io, report)
      return { k6, redis }
    }
    return await runGate({
      ...decided,
      thresholds: ({ name }) => thresholds.get(name) ?? [],
      tools,
      folder: scope.use(await temporaryFolder('gate')).path,
      env: io.env,
      clock: systemClock,
      report,
      signal: io.signal,
    })
  })
}
