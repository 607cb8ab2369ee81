import { FAULT_OFF, FAULTS, type Fault } from '#catalog'
import { PetrelError } from '#core'

/**
 * Reads settings as `slow-history=1s`, or `slow-history` for the mildest variant.
 * @throws PetrelError `fault_unknown`
 */
export function parseFaults(settings: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    settings.map(setting => {
      const [name = '', variant] = setting.split('=', 2)
      const fault: Fault<never> = checkFault(name, variant)
      return [name, variant ?? Object.keys(fault.variants)[0] ?? FAULT_OFF]
    }),
  )
}

/** @throws PetrelError `fault_unknown` with the switches or variants that there are. */
export function checkFault(name: string, variant?: string): Fault<never> {
  const fault: Fault<never> | undefined = Object.values(FAULTS).find(one => one.name === name)
  if (!fault) {
    throw new PetrelError('fault_unknown', `there is no fault switch "${name}"`, {
      hint: `the switches are ${Object.values(FAULTS)
        .map(one => one.name)
        .join(', ')}`,
    })
  }
  const variants = [FAULT_OFF, ...Object.keys(fault.variants)]
  if (variant !== undefined && !variants.includes(variant)) {
    throw new PetrelError('fault_unknown', `the fault switch ${name} cannot be set to "${variant}"`, {
      hint: `it can be ${variants.join(', ')}`,
    })
  }
  return fault
}
