import { FOLLOW_MARGIN_MS, type Scenario, TASK_MS } from '#catalog'
import { BEHAVIOURS } from '#client'
import { formatDuration, PetrelError } from '#core'
import { type LoadPlan, type LoadSettings, phaseLengths, preflight } from '#run'
import { readMachine } from '#stack'

/** Fastest that a client dials: ten times a second by the incident's policy, else about once per task or window. */
const ATTEMPTS_PER_MINUTE = { 'every-100-ms': 600, 'well-behaved': 60 }

/** What the crowd will ask of this machine, at worst. */
function planOf(scenario: Scenario, settings: LoadSettings): LoadPlan {
  const clients = settings.clients ?? scenario.clients
  const bad = Math.min(clients, settings.badClients ?? scenario.badClients ?? clients)
  const behaviour = BEHAVIOURS.find(({ name }) => name === scenario.behaviour)
  const policy = (settings.policy ?? behaviour?.policy.name) as keyof typeof ATTEMPTS_PER_MINUTE
  const minutes = Math.min(1, phaseLengths(scenario, settings).fault / 60_000)
  const each = ATTEMPTS_PER_MINUTE[policy] ?? ATTEMPTS_PER_MINUTE['every-100-ms']
  return {
    sockets: clients - bad + bad * (behaviour?.tasksAtOnce ?? 1),
    attemptsPerMinute: Math.round(
      (clients - bad) * ATTEMPTS_PER_MINUTE['well-behaved'] +
        bad * (behaviour?.tasksAtOnce ?? 1) * each * minutes,
    ),
    addresses: settings.addresses ?? 1,
    segments: settings.segments ?? 1,
  }
}

/** A client begins at a random moment of a task's length, and follows one only when it can end within the phase. */
export function mustLast(scenario: Scenario, settings: LoadSettings): void {
  const lengths = phaseLengths(scenario, settings)
  const shortest = 2.1 * (settings.taskMs ?? TASK_MS) + FOLLOW_MARGIN_MS
  for (const phase of ['warmup', 'fault', 'recovery'] as const) {
    if (lengths[phase] >= shortest) continue
    throw new PetrelError(
      'bad_option',
      `a ${phase} phase of ${formatDuration(lengths[phase])} is too short: no client of ${scenario.name} could follow a task in it`,
      {
        hint: `take at least ${formatDuration(Math.ceil(shortest / 1_000) * 1_000)}, or shorter tasks`,
      },
    )
  }
}

/**
 * Looks before the first of several loads whether this machine can make them all.
 * @throws PetrelError `machine_too_small`
 */
export async function mustFit(
  loads: readonly { scenario: Scenario; settings: LoadSettings }[],
): Promise<void> {
  const machine = await readMachine()
  const problems = loads.flatMap(({ scenario, settings }) =>
    preflight(planOf(scenario, settings), machine).map(problem => `${scenario.name}: ${problem}`),
  )
  if (problems.length === 0) return
  throw new PetrelError('machine_too_small', problems.join('; '), {
    hint: 'raise the limit that it names, or make the crowd smaller with --clients',
  })
}
