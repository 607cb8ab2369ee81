import { SCENARIOS, type Scenario } from '#catalog'
import type { Clock } from '#core'
import { K6_LEAD_MS, type Load, startLoad } from '#run'
import type { FoundTool, OwnedProcess } from '#stack'

export interface TrafficOptions {
  target: string
  k6: FoundTool
  folderFor: (name: string) => Promise<string>
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
  /** Called with each process of a round, and when it may end. */
  onRound: (process: OwnedProcess, endsAt: number) => void
  /** Called when the next round could not start: the traffic is about to end. */
  onLost: (error: unknown) => void
}

/** k6 keeps every figure of a run in memory, so that the traffic comes in rounds. */
const ROUND_MS = 30 * 60_000
/** The next round begins so long before the last one ends: no alert may take the change for silence. */
const OVERLAP_MS = 15_000

/** Clients that follow one task after another, for as long as the scope lasts. Disposing ends it. */
export async function startTraffic(options: TrafficOptions): Promise<AsyncDisposable> {
  const scenario = SCENARIOS.find(({ name }) => name === 'healthy') as Scenario
  const { clock, signal } = options
  const rounds = new Set<Load>()
  let next: Disposable | undefined
  let starting: Promise<unknown> = Promise.resolve()
  let isOver = false
  async function round(number: number): Promise<void> {
    const load = await startLoad({
      scenario,
      targets: [options.target],
      settings: { phases: { steady: 0, fault: ROUND_MS }, seed: number },
      startAt: clock.wall() + K6_LEAD_MS,
      k6: options.k6,
      folder: await options.folderFor(`traffic-${number}`),
      env: options.env,
      clock,
      signal,
    })
    rounds.add(load)
    for (const process of load.processes) options.onRound(process, load.endsAt)
    void load.result.then(() => rounds.delete(load))
    if (isOver) return load[Symbol.asyncDispose]()
    next = clock.after(load.endsAt - OVERLAP_MS - clock.wall(), () => {
      starting = round(number + 1).catch(options.onLost)
    })
  }
  await round(1)
  return {
    async [Symbol.asyncDispose]() {
      isOver = true
      next?.[Symbol.dispose]()
      await starting
      await Promise.all([...rounds].map(load => load[Symbol.asyncDispose]()))
    },
  }
}
