import { PHASES, type Phase, SCENARIOS, type Scenario } from '#catalog'
import { systemClock, withScope } from '#core'
import { effectiveThresholds, type GateOptions, type GateResult, runGate } from '#gate'
import { temporaryFolder } from '#stack'
import { requireTool } from './require-tool.ts'

/** Every phase of the same length. */
export const phasesOf = (length: number) =>
  Object.fromEntries(PHASES.map(phase => [phase, length])) as Record<Phase, number>

export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find(one => one.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  return scenario
}

/** Plays scenarios by the gate, held to the catalogue's thresholds. */
export async function playGate(
  options: Pick<GateOptions, 'scenarios' | 'settings' | 'signal'> & Partial<GateOptions>,
): Promise<GateResult> {
  // Before the gate begins: there a test that is skipped would be taken for a scenario that cannot be played.
  const k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
  const thresholds = effectiveThresholds()
  return withScope(async scope =>
    runGate({
      suite: 'test',
      thresholds: ({ name }) => thresholds.get(name) ?? [],
      tools: async () => ({ k6 }),
      folder: scope.use(await temporaryFolder('gate-test')).path,
      env: process.env,
      clock: systemClock,
      report: () => {},
      ...options,
    }),
  )
}

/** Checks that are neither held nor left out, with what they came to. */
export const findings = ({ runs }: GateResult) =>
  runs.flatMap(({ checks }) =>
    checks
      .filter(({ verdict }) => !['held', 'left_out', 'warned'].includes(verdict))
      .map(({ id, verdict }) => [id, verdict]),
  )
