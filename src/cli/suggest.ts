import { distance } from 'fastest-levenshtein'

/** The name that a misspelt one most likely means; nothing when none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const far = (candidate: string) => distance(name.toLowerCase(), candidate.toLowerCase())
  const best = names.toSorted((a, b) => far(a) - far(b))[0]
  return best !== undefined && far(best) <= Math.max(2, best.length / 3) ? best : undefined
}

/** Hint for an unknown name: what it may mean, and all that there is. */
export function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return `${near ? `did you mean ${near}? ` : ''}there are: ${names.join(', ')}`
}
