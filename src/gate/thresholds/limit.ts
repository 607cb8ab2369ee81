import { PetrelError } from '#core'

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
  '==': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
}

/**
 * A comparison with a number, as `>= 0.99`.
 * @throws PetrelError `bad_limit`
 */
export function compileLimit(text: string): (value: number) => boolean {
  const [, operator = '', bound = ''] =
    /^\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i.exec(text) ?? []
  const compare = COMPARISONS[operator]
  if (!compare) {
    throw new PetrelError('bad_limit', `"${text}" is no limit`, {
      hint: `write one of ${Object.keys(COMPARISONS).join(' ')} and a number, as >= 0.99`,
    })
  }
  return value => compare(value, Number(bound))
}
