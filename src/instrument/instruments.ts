import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'
import { EACH_ROUTE, METRICS, type Metric } from '#catalog'
import { countedBuckets } from './counted-buckets.ts'

type Labels = Readonly<Record<string, string>>

export interface Tally {
  add(amount: number): void
}

export interface Timing {
  /** Puts a value into the histogram; `exemplar` is a trace that it stands for. */
  observe(value: number, exemplar?: Labels): void
}

/** The catalogue's metrics as counters that count. The one place that knows prom-client. */
export interface Instruments {
  register: Registry
  /** Adds to a counter or a gauge. */
  add<Label extends string>(metric: Metric<Label>, labels: Record<Label, string>, amount?: number): void
  /** Puts a value into a histogram; `exemplar` is a trace that it stands for. */
  observe<Label extends string>(
    metric: Metric<Label>,
    labels: Record<Label, string>,
    value: number,
    exemplar?: Labels,
  ): void
  /** A counter or gauge of one label set, for hot paths: adding is an addition, Prometheus sees it when it scrapes. */
  tally<Label extends string>(metric: Metric<Label>, labels: Record<Label, string>): Tally
  /** The same of a histogram. */
  timing<Label extends string>(metric: Metric<Label>, labels: Record<Label, string>): Timing
  /** Sets a gauge. */
  set<Label extends string>(metric: Metric<Label>, labels: Record<Label, string>, value: number): void
  /** Calls before each scrape: for figures that are cheaper counted than kept. */
  onScrape(callback: () => void): void
  /** True when the catalogue knows this combination, so that no input can grow a label set. */
  isLegal(metric: Metric, labels: Labels): boolean
  /** The answer to a scrape. Who accepts OpenMetrics gets it: exemplars are in no other format. */
  scrape(accept: string | undefined): Promise<Scrape>
}

export interface Scrape {
  contentType: string
  text: string
}

export interface InstrumentsOptions {
  /** Default is a registry of its own. */
  register?: Registry
  /** Histograms keep an exemplar for each bucket. */
  exemplars?: boolean
}

const NO_EXEMPLAR: Labels = {}

/** Creates every metric of the catalogue in the registry, each legal tuple at zero. */
export function createInstruments(
  routes: readonly string[],
  { register = new Registry(), exemplars = false }: InstrumentsOptions = {},
): Instruments {
  const counters = new Map<string, Counter | Gauge>()
  const histograms = new Map<string, Histogram>()
  const legal = new Map<string, Set<string>>()
  const onScrape: (() => void)[] = []
  // Metrics are collected in the order of their registration: this one first.
  const scraped = Object.values(METRICS)[0]?.name
  for (const metric of Object.values(METRICS) as Metric[]) {
    const tuples = expand(metric, routes)
    legal.set(metric.name, new Set(tuples.map(tuple => keyOf(metric, tuple))))
    const settings = {
      name: metric.name,
      help: metric.help,
      labelNames: [...metric.labels],
      registers: [register],
      ...(metric.name === scraped
        ? {
            collect() {
              for (const callback of onScrape) callback()
            },
          }
        : {}),
    }
    if (metric.type === 'histogram') {
      const histogram = new Histogram({
        ...settings,
        buckets: [...(metric.buckets ?? [])],
        enableExemplars: exemplars,
        // Registered below: here prom-client takes exemplars for registries that write nothing but OpenMetrics.
        registers: [],
      })
      register.registerMetric(histogram)
      for (const tuple of tuples) histogram.zero(tuple)
      histograms.set(metric.name, histogram)
    } else {
      const counter = metric.type === 'counter' ? new Counter(settings) : new Gauge(settings)
      for (const tuple of tuples) counter.inc(tuple, 0)
      counters.set(metric.name, counter)
    }
  }
  return {
    register,
    add: (metric, labels, amount = 1) => counters.get(metric.name)?.inc(labels, amount),
    observe(metric, labels, value, exemplar = NO_EXEMPLAR) {
      const histogram = histograms.get(metric.name)
      if (exemplars) histogram?.observe({ labels, value, exemplarLabels: exemplar })
      else histogram?.observe(labels, value)
    },
    tally(metric, labels) {
      let pending = 0
      onScrape.push(() => {
        if (pending !== 0) counters.get(metric.name)?.inc(labels, pending)
        pending = 0
      })
      return {
        add(amount) {
          pending += amount
        },
      }
    },
    timing(metric, labels) {
      const histogram = histograms.get(metric.name) as Histogram
      const buckets = countedBuckets(histogram, labels)
      onScrape.push(buckets.flush)
      return {
        observe(value, exemplar) {
          if (exemplar && exemplars) histogram.observe({ labels, value, exemplarLabels: exemplar })
          else buckets.observe(value)
        },
      }
    },
    set(metric, labels, value) {
      const gauge = counters.get(metric.name)
      if (gauge instanceof Gauge) gauge.set(labels, value)
    },
    onScrape: callback => void onScrape.push(callback),
    isLegal: (metric, labels) => legal.get(metric.name)?.has(keyOf(metric, labels)) === true,
    async scrape(accept) {
      // A scrape that waited for a blocked loop is answered before Node has measured that block, and prom-client
      // forgets what it has not told: the loop turns once first.
      await new Promise(turned => setTimeout(turned, 0))
      const exposed = accept?.includes('application/openmetrics-text') ? openMetricsView(register) : register
      return { contentType: exposed.contentType, text: await exposed.metrics() }
    },
  }
}

/**
 * The same metrics in a registry that writes OpenMetrics. Not the registry itself with another content type:
 * prom-client 15 then takes `_total` off the names of its counters for good (lib/registry.js, `metrics`).
 */
function openMetricsView(register: Registry): Registry<OpenMetricsContentType> {
  const view = new Registry<OpenMetricsContentType>()
  view.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  for (const metric of register.getMetricsAsArray() as unknown as PromMetric[]) {
    const { name, type } = metric
    const family = type === 'counter' ? name.replace(/_total$/, '') : name
    const shown = {
      name: family,
      type,
      get: async () => {
        const values = metric.getForPromString?.() ?? metric.get()
        return { ...(await values), name: family }
      },
    }
    view.registerMetric(shown as unknown as Parameters<typeof view.registerMetric>[0])
  }
  return view
}

/** A metric as prom-client's registry writes it; only histograms have the first method. */
interface PromMetric {
  name: string
  type: string
  getForPromString?(): Promise<object>
  get(): Promise<object>
}

const keyOf = (metric: Metric, labels: Labels) => metric.labels.map(label => labels[label]).join('\u0000')

function expand(metric: Metric, routes: readonly string[]): Labels[] {
  return metric.tuples.flatMap(tuple =>
    Object.values(tuple).includes(EACH_ROUTE) ? routes.map(route => ({ ...tuple, route })) : [tuple],
  )
}
