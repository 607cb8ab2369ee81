import type { Registry } from 'prom-client'

/** What a registry or a page of metrics holds: `name{labels}` → value. */
export type Samples = ReadonlyMap<string, number>

/** Reads the text format of Prometheus, labels in the order of their names. */
export function parseSamples(text: string): Samples {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
    if (name === undefined) continue
    const sorted = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([pair]) => pair)
      .toSorted()
      .join(',')
    samples.set(
      sorted ? `${name}{${sorted}}` : name,
      value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    )
  }
  return samples
}

export const readSamples = async (register: Registry): Promise<Samples> =>
  parseSamples(await register.metrics())

/** What changed between two readings, without what did not. Buckets and what Node does meanwhile are left out. */
export function changes(before: Samples, after: Samples): Record<string, number> {
  return Object.fromEntries(
    [...after]
      .filter(
        ([key, value]) =>
          !key.includes('_bucket') && !key.startsWith('nodejs_') && value !== (before.get(key) ?? 0),
      )
      .map(([key, value]) => [key, value - (before.get(key) ?? 0)]),
  )
}
