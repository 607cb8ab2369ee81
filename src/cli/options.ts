import { InvalidArgumentError } from 'commander'

/** Parses an option that is a whole number within limits; anything else is a usage error with the value. */
export function wholeNumber(option: string, minimum: number, maximum: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`${option} takes a whole number from ${minimum} to ${maximum}.`)
    }
    return value
  }
}
