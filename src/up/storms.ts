import { SCENARIOS, type Scenario } from '#catalog'
import { type Clock, PetrelError, parseDuration, type Report } from '#core'
import { K6_LEAD_MS, type Load, startLoad } from '#run'
import type { FoundTool } from '#stack'

/** Trouble on demand: one scenario of the catalogue, played beside the gentle traffic. */
export interface Storm {
  name: string
  /** Its fault phase, in milliseconds since the Unix epoch. */
  from: number
  to: number
}

export interface StormOptions {
  target: string
  k6: FoundTool
  /** A folder for each storm is made by whoever calls. */
  folderFor: (name: string) => Promise<string>
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
}

/** Long enough for every page of the drill windows, and to be looked at. */
const LEAST_FAULT_MS = 25_000

/** What can blow here: a command that replaces servers has nothing to replace. */
const CAN_BLOW = SCENARIOS.filter(({ cause }) => cause.by !== 'command')
export const stormNames = (): string[] => CAN_BLOW.map(({ name }) => name)

/** @throws PetrelError `bad_option` for a name that is no storm. */
export function stormNamed(name: string): Scenario {
  const scenario = CAN_BLOW.find(one => one.name === name)
  if (scenario) return scenario
  const other = SCENARIOS.find(one => one.name === name)
  const why = other?.cause.by === 'command' ? `needs a command that ${other.cause.does}` : 'is no storm'
  throw new PetrelError('bad_option', `"${name}" ${why}`, { hint: `there are: ${stormNames().join(', ')}` })
}

/** Starts storms, one at a time; ends the one that blows when it is disposed. */
export class Storms implements AsyncDisposable {
  readonly #options: StormOptions
  #last: Storm | undefined
  #load: Promise<Load> | undefined

  constructor(options: StormOptions) {
    this.#options = options
  }

  /** The storm that blows, or else the last one. */
  get last(): Storm | undefined {
    return this.#last
  }

  get isBlowing(): boolean {
    return this.#load !== undefined
  }

  /** @throws PetrelError `bad_option`; `storm_blowing` while another one blows. */
  async start(name: string): Promise<Storm> {
    const scenario = stormNamed(name)
    if (this.#load) {
      throw new PetrelError('storm_blowing', `${this.#last?.name} still blows`, {
        hint: 'one storm at a time, so that one can tell which alert is whose: wait for its end, or end it',
      })
    }
    const { clock, report, target, k6, env, signal } = this.#options
    const startAt = clock.wall() + K6_LEAD_MS
    const phases = { steady: 0, fault: Math.max(LEAST_FAULT_MS, parseDuration(scenario.phases.fault)) }
    const from = startAt + parseDuration(scenario.phases.warmup)
    const storm = { name, from, to: from + phases.fault }
    const before = this.#last
    this.#last = storm
    const loading = this.#options.folderFor(name).then(folder =>
      startLoad({
        scenario,
        targets: [target],
        settings: { phases },
        startAt,
        k6,
        folder,
        env,
        clock,
        signal,
      }),
    )
    this.#load = loading
    report(`storm ${name}: ${scenario.summary}`)
    let load: Load
    try {
      load = await loading
    } catch (error) {
      // It never blew: the page shades nothing for it.
      this.#last = before
      this.#load = undefined
      throw error
    }
    void load.result.then(({ problems }) => {
      if (this.#load !== loading) return
      this.#load = undefined
      if (this.#last === storm) this.#last = { ...storm, to: Math.min(storm.to, clock.wall()) }
      if (!signal.aborted) report([`storm ${name} is over`, ...problems].join(': '))
      return load[Symbol.asyncDispose]()
    })
    return storm
  }

  /** Ends the storm that blows, if one does. */
  async end(): Promise<void> {
    const load = await this.#load?.catch(() => undefined)
    await load?.[Symbol.asyncDispose]()
    await load?.result
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }
}
