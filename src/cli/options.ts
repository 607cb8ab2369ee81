import { InvalidArgumentError, Option } from 'commander'

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

/** Clients that the largest crowd may have. */
export const MOST_CLIENTS = 20_000

/** Options that several commands have. */
export const pathOption = () =>
  new Option('--path <template>', 'path of its stream where it is not ours, as /ws/{taskId}')

export const seedOption = () =>
  new Option('--seed <number>', 'equal seeds give equal crowds')
    .argParser(wholeNumber('--seed', 0, 2 ** 31))
    .default(1)

export const clientsOption = () =>
  new Option('--clients <number>', 'clients in a crowd').argParser(wholeNumber('--clients', 1, MOST_CLIENTS))

export const runsOption = (usual: number) =>
  new Option('--runs <number>', 'runs of each scenario')
    .argParser(wholeNumber('--runs', 1, 100))
    .default(usual)
