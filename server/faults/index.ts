import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk'
import { PetrelError } from '#core'
import type { FaultSwitch } from './define.ts'
import { sendInCatch } from './send-in-catch.ts'
import { unprefixedRoute } from './unprefixed-route.ts'

export const FAULT_SWITCHES: readonly FaultSwitch[] = [sendInCatch, unprefixedRoute]

export interface Faults {
  /** True when the switch stands on anything but `off`. */
  isOn(fault: FaultSwitch): Promise<boolean>
  /** Every switch with what it is set to. */
  list(): Promise<{ name: string; description: string; variants: readonly string[]; variant: string }[]>
}

/**
 * Reads settings as `send-in-catch` or `send-in-catch=on`.
 * @throws PetrelError `fault_unknown` with the switches or variants that there are.
 */
export function parseFaults(settings: readonly string[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>()
  for (const setting of settings) {
    const [name = '', variant = 'on'] = setting.split('=', 2)
    const fault = FAULT_SWITCHES.find(one => one.name === name)
    if (!fault) {
      throw new PetrelError('fault_unknown', `there is no fault switch "${name}"`, {
        hint: `the switches are ${FAULT_SWITCHES.map(one => one.name).join(', ')}`,
      })
    }
    if (!fault.variants.includes(variant)) {
      throw new PetrelError('fault_unknown', `the fault switch ${name} cannot be set to "${variant}"`, {
        hint: `it can be ${fault.variants.join(' or ')}`,
      })
    }
    chosen.set(name, variant)
  }
  return chosen
}

let domains = 0

/** The switches as OpenFeature flags of a domain of their own, so that two servers in one process do not mix. */
export async function openFaults(chosen: ReadonlyMap<string, string>): Promise<Faults> {
  const domain = `petrel-faults-${++domains}`
  const flags = FAULT_SWITCHES.map(({ name, variants }) => [
    name,
    {
      variants: Object.fromEntries(variants.map(variant => [variant, variant])),
      defaultVariant: chosen.get(name) ?? 'off',
      disabled: false,
    },
  ])
  await OpenFeature.setProviderAndWait(domain, new InMemoryProvider(Object.fromEntries(flags)))
  const client = OpenFeature.getClient(domain)
  const variantOf = (fault: FaultSwitch) => client.getStringValue(fault.name, 'off')
  return {
    isOn: async fault => (await variantOf(fault)) !== 'off',
    list: () =>
      Promise.all(FAULT_SWITCHES.map(async fault => ({ ...fault, variant: await variantOf(fault) }))),
  }
}
