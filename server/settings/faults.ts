import { FAULT_OFF, FAULTS, type Fault } from '#catalog'
import { PetrelError } from '#core'

/**
 * Reads settings as `slow-history=1s`, or `slow-history` for the mildest variant.
 * @throws PetrelError `fault_unknown` with all that is wrong
 */
export function parseFaults(settings: readonly string[]): ReadonlyMap<string, string> {
  const wrong: PetrelError[] = []
  const entries = settings.flatMap((setting): [string, string][] => {
    const [name = '', variant] = setting.split('=', 2)
    try {
      const fault: Fault<never> = checkFault(name, variant)
      return [[name, variant ?? Object.keys(fault.variants)[0] ?? FAULT_OFF]]
    } catch (error) {
      if (!(error instanceof PetrelError)) throw error
      wrong.push(error)
      return []
    }
  })
  const [first] = wrong
  if (wrong.length === 1) throw first
  if (first) {
    const texts = wrong.map(({ message, hint }) => `${message}: ${hint}`)
    throw new PetrelError(first.code, texts.join('; '))
  }
  return new Map(entries)
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
