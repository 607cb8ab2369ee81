import type { Metric } from '#catalog'

/** One line of a metrics page. */
export interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

/** Labels that a sample must have; those not named may be anything. */
export type Selection<Label extends string = string> = Readonly<Partial<Record<Label, string>>>

/** One reading of a server's metrics. */
export class Samples {
  readonly #byName = new Map<string, Sample[]>()

  constructor(samples: readonly Sample[]) {
    for (const sample of samples) {
      const same = this.#byName.get(sample.name)
      if (same) same.push(sample)
      else this.#byName.set(sample.name, [sample])
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /** Sum over all samples that fit; 0 when none does. */
  sum<Label extends string>(metric: Pick<Metric<Label>, 'name'>, where?: Selection<Label>): number {
    const wanted = Object.entries(where ?? {})
    return (this.#byName.get(metric.name) ?? [])
      .filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0)
  }
}

const LINE = /^([a-zA-Z_:][\w:]*)\s+(\S+)(?:\s+\S+)?$/
const LABEL = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y
/** Go writes `NaN` and `+Inf`, prom-client `Nan`. */
const NUMBERS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
}

/**
 * Reads the text format of Prometheus 0.0.4. (The parsers on npm have not been kept for years, and drop what they
 * cannot read.)
 * @throws Error that names the first line which is no sample: an HTML page is no page of metrics.
 */
export function parseSamples(text: string): Samples {
  const samples: Sample[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const sample = parseLine(line.trimEnd())
    if (!sample) throw new Error(`line ${index + 1} is no sample: ${JSON.stringify(line.slice(0, 80))}`)
    samples.push(sample)
  }
  return new Samples(samples)
}

function parseLine(line: string): Sample | undefined {
  // Braces may stand inside a label's value: the last one closes the set, for none stands in a number.
  const [start, end] = [line.indexOf('{'), line.lastIndexOf('}')]
  const hasLabels = start > 0 && end > start
  const bare = hasLabels ? `${line.slice(0, start)} ${line.slice(end + 1)}` : line
  const [, name, written = ''] = LINE.exec(bare) ?? []
  const labels = hasLabels ? parseLabels(line.slice(start + 1, end)) : {}
  const special = NUMBERS[written.toLowerCase()]
  const value = special ?? (written === '' ? Number.NaN : Number(written))
  const isNumber = special !== undefined || !Number.isNaN(value)
  return name === undefined || labels === undefined || !isNumber ? undefined : { name, labels, value }
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text)
    if (!found) return undefined
    const [, name = '', value = ''] = found
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}
