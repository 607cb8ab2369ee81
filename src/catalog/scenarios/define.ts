/** Phases of every scenario, in order: the crowd arrives, is judged undisturbed, suffers, and comes back. */
export const PHASES = ['warmup', 'steady', 'fault', 'recovery'] as const
export type Phase = (typeof PHASES)[number]

/** Length of the tasks that well-behaved clients follow, in milliseconds, unless a run says otherwise. */
export const TASK_MS = 1_000
/** Time beside the task's own that following it takes, at most, in milliseconds. */
export const FOLLOW_MARGIN_MS = 600

/** How a front door (proxy, gateway, login) answers a handshake that it does not pass on. */
export const REFUSALS = [
  '400',
  '401',
  '403',
  '404',
  '426',
  '429',
  '503',
  'redirect',
  'html',
  'slow',
  'hung',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Who causes the fault. */
export type Cause =
  /** The clients themselves, or nobody. */
  | { by: 'crowd' }
  /** A switch of the server, put on each variant in turn through `PUT /debug/faults/{name}`. */
  | { by: 'server'; fault: string; variants: readonly string[] }
  /** Whoever runs the servers; `--fault-command` does it. */
  | { by: 'command'; does: string }
  /** A front door that the runner puts before the target; client n gets the answer n, by its `client_id`. */
  | { by: 'front-door'; answers: readonly Refusal[] }
  /** Clients beside the crowd that do what k6 cannot: they stop reading, or read a little now and then. */
  | { by: 'bad-readers'; readers: number; reads: 'nothing' | 'little' }

/** One scenario: a crowd that behaves well, then has its fault, then behaves well again. */
export interface Scenario {
  /** File in `loadtests/scenarios/`, page in `docs/reference/scenarios/`. */
  name: string
  /** One sentence: what happens in the fault phase. */
  summary: string
  /** Name of the behaviour in `src/client/policies` that the bad clients have. */
  behaviour: string
  cause: Cause
  /** Clients in the crowd. */
  clients: number
  /** How many of them have the behaviour; the others are well-behaved. All when it is left away. */
  badClients?: number
  /** Length of each phase, as Prometheus writes durations. */
  phases: Readonly<Record<Phase, string>>
  /** A shorter fault phase shows nothing. */
  leastFault?: string
}

/** The fault is the crowd's own unless it says otherwise. */
export function defineScenario(scenario: Omit<Scenario, 'cause'> & { cause?: Cause }): Scenario {
  return { cause: { by: 'crowd' }, ...scenario }
}
