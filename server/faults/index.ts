import { InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { FAULT_OFF, FAULTS } from '#catalog'
import { checkFault } from '../settings/faults.ts'
import { acceptThenClose } from './accept-then-close.ts'
import { blockedEventLoop } from './blocked-event-loop.ts'
import { broadcastAbort } from './broadcast-abort.ts'
import type { FaultEffect, FaultTools, Places, ServerFault } from './define.ts'
import { headOfLine } from './head-of-line.ts'
import { neverCloses } from './never-closes.ts'
import { noHeartbeat } from './no-heartbeat.ts'
import { rejectBeforeAccept } from './reject-before-accept.ts'
import { sendInCatch } from './send-in-catch.ts'
import { silentFirstMessage } from './silent-first-message.ts'
import { slowHistory } from './slow-history.ts'
import { snapshotTailRace } from './snapshot-tail-race.ts'
import { staleStateCheck } from './stale-state-check.ts'
import { subscriberLeak } from './subscriber-leak.ts'
import { unprefixedRoute } from './unprefixed-route.ts'

const EFFECTS: Readonly<Record<keyof typeof FAULTS, ServerFault>> = {
  acceptThenClose,
  blockedEventLoop,
  broadcastAbort,
  headOfLine,
  neverCloses,
  noHeartbeat,
  rejectBeforeAccept,
  sendInCatch,
  silentFirstMessage,
  slowHistory,
  snapshotTailRace,
  staleStateCheck,
  subscriberLeak,
  unprefixedRoute,
}

/** In the order of the catalogue; of two at one place the later one is outside. */
export const SERVER_FAULTS: readonly ServerFault[] = Object.keys(FAULTS).map(
  name => EFFECTS[name as keyof typeof FAULTS],
)

/** A switch and what it stands on. */
export interface FaultState {
  name: string
  description: string
  /** `off` first. */
  variants: readonly string[]
  variant: string
}

export interface Faults extends AsyncDisposable {
  /** What runs at a place: the healthy part itself, unless a fault has hold of it. Reads one property. */
  at<P extends keyof Places>(place: P, healthy: Places[P]): Places[P]
  /** Every switch, in the order of the catalogue. */
  list(): readonly FaultState[]
  /**
   * Puts a switch on a variant; resolves when it is in effect.
   * @throws PetrelError `fault_unknown`
   */
  set(name: string, variant: string): Promise<FaultState>
}

let domains = 0

/**
 * The switches as OpenFeature flags of a domain of their own, so that two servers in one process do not mix. Flags
 * are read when the provider says that they have changed, never on the way of a frame.
 */
export async function openFaults(chosen: ReadonlyMap<string, string>, tools: FaultTools): Promise<Faults> {
  const domain = `petrel-faults-${++domains}`
  const wanted = new Map(chosen)
  const provider = new InMemoryProvider(flagsOf(wanted))
  await OpenFeature.setProviderAndWait(domain, provider)
  const client = OpenFeature.getClient(domain)
  const states = new Map<string, { variant: string; effect: FaultEffect }>()
  let around = compose([])

  async function apply(): Promise<void> {
    for (const { fault, switchOn } of SERVER_FAULTS) {
      const variant = await client.getStringValue(fault.name, FAULT_OFF)
      const state = states.get(fault.name)
      if (variant === (state?.variant ?? FAULT_OFF)) continue
      state?.effect[Symbol.dispose]?.()
      if (variant === FAULT_OFF) states.delete(fault.name)
      else states.set(fault.name, { variant, effect: switchOn(variant, tools) })
    }
    around = compose(SERVER_FAULTS.flatMap(({ fault }) => states.get(fault.name)?.effect ?? []))
  }

  let changed = Promise.withResolvers<void>()
  /** One after another: two changes at once never read half of each other. */
  let applied = apply()
  const onChanged = () => {
    applied = applied.then(apply)
    changed.resolve()
    changed = Promise.withResolvers()
  }
  client.addHandler(ProviderEvents.ConfigurationChanged, onChanged)
  await applied

  const list = () =>
    SERVER_FAULTS.map(({ fault: { name, description, variants } }) => ({
      name,
      description,
      variants: [FAULT_OFF, ...Object.keys(variants)],
      variant: states.get(name)?.variant ?? FAULT_OFF,
    }))

  return {
    at(place, healthy) {
      const put = around[place] as ((inner: typeof healthy) => typeof healthy) | undefined
      return put ? put(healthy) : healthy
    },
    list,
    async set(name, variant) {
      checkFault(name, variant)
      wanted.set(name, variant)
      const told = changed.promise
      provider.putConfiguration(flagsOf(wanted))
      await told
      await applied
      return list().find(one => one.name === name) as FaultState
    },
    async [Symbol.asyncDispose]() {
      client.removeHandler(ProviderEvents.ConfigurationChanged, onChanged)
      await applied
      for (const { effect } of states.values()) effect[Symbol.dispose]?.()
      states.clear()
      around = compose([])
    },
  }
}

function flagsOf(wanted: ReadonlyMap<string, string>) {
  return Object.fromEntries(
    SERVER_FAULTS.map(({ fault: { name, variants } }) => [
      name,
      {
        variants: Object.fromEntries([FAULT_OFF, ...Object.keys(variants)].map(key => [key, key])),
        defaultVariant: wanted.get(name) ?? FAULT_OFF,
        disabled: false,
      },
    ]),
  )
}

type Around = (healthy: unknown) => unknown

/** Of each place, all that faults put around it. */
function compose(effects: readonly FaultEffect[]): Partial<Record<keyof Places, Around>> {
  const around: Partial<Record<keyof Places, Around>> = {}
  for (const effect of effects) {
    for (const [place, put] of Object.entries(effect) as [keyof Places, Around][]) {
      const inner = around[place]
      around[place] = inner ? healthy => put(inner(healthy)) : put
    }
  }
  return around
}
