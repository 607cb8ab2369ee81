import { parse } from 'yaml'
import { z } from 'zod'
import { ALERTS, type Alert, SLIS, type WindowSet } from '#catalog'
import { PetrelError, parseDuration } from '#core'
import { CATALOGUE, type Watched } from './watched.ts'

const duration = z
  .string()
  // Each unit once, from the longest to the shortest: Prometheus takes no 1m2h.
  .regex(/^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/)
  .describe('as Prometheus writes durations: 30s, 5m, 1h')
/** A range of PromQL: of nothing Prometheus would refuse the rule. */
const range = duration.regex(/[1-9]/, 'a range of nothing')
const lasting = { for: duration.optional(), keepFiringFor: duration.optional() }

const window = z.strictObject({
  window: range.optional().describe('the range that the alert looks back at'),
  above: z.number().nonnegative().optional().describe('events a second above which it fires'),
  threshold: z.number().optional().describe('of a gauge: the value that it compares with'),
  before: range.optional().describe('of a silence: how long there must have been something before it'),
  ...lasting,
})

const pair = z.strictObject({
  severity: z.enum(['critical', 'warning']),
  long: range,
  short: range,
  factor: z.number().positive(),
  for: duration,
  keepFiringFor: duration,
})

const isWellFormed = ({ issues }: { issues: readonly unknown[] }) => issues.length === 0

/** Two pairs of one severity and one long window would be two rules with the same labels. */
const pairs = z
  .array(
    pair.refine(({ short, long }) => parseDuration(short) < parseDuration(long), {
      path: ['short'],
      error: 'not shorter than the long window',
      when: isWellFormed,
    }),
  )
  .min(1)
  .refine(
    all => new Set(all.map(({ severity, long }) => severity + parseDuration(long))).size === all.length,
    { error: 'two pairs of one severity have the same long window', when: isWellFormed },
  )

const link = z.url({ protocol: /^https?$/ })

const bySet = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject({ production: schema.optional(), drill: schema.optional() })

/** What a settings file may say. Everything that it leaves out is the catalogue's. */
export const settingsSchema = z.strictObject({
  selector: z
    .record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string())
    .optional()
    .describe('labels that every series must have, as namespace: shop'),
  links: z
    .strictObject({ repository: link.optional(), grafana: link.optional() })
    .optional()
    .describe('where runbooks and boards are: http or https'),
  objectives: z
    .partialRecord(z.enum(SLIS.map(({ name }) => name)), z.number().gt(0).lt(1))
    .optional()
    .describe('share of good events of each SLI, as 0.999'),
  trafficFloor: bySet(z.number().nonnegative())
    .optional()
    .describe(
      'events a second in the long window below which a burn alert is silent; at a strict objective (99.99 %) raise it (to 0.2), or one bad event alone is a burn',
    ),
  burnWindows: bySet(pairs).optional().describe('the pairs of windows of burn alerts'),
  alerts: z
    .partialRecord(
      z.enum(ALERTS.map(({ name }) => name)),
      z.strictObject({
        off: z.string().min(1).optional().describe('why this alert is not wanted; it is then left out'),
        production: window.optional(),
        drill: window.optional(),
      }),
    )
    .optional()
    .describe('thresholds and windows of single alerts'),
})
export type Settings = z.infer<typeof settingsSchema>

/**
 * The catalogue as a settings file (YAML) tunes it; `place` names the file in errors.
 * @throws PetrelError `config_unreadable` with each field that is wrong.
 */
export function tunedBy(text: string, place: string): Watched {
  let read: unknown
  try {
    read = parse(text) ?? {}
  } catch (cause) {
    throw new PetrelError('config_unreadable', `${place} is not YAML`, { cause })
  }
  const parsed = settingsSchema.safeParse(read)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
    )
    throw new PetrelError('config_unreadable', `${place} is not a settings file: ${wrong.join('; ')}`, {
      hint: 'docs/reference/schemas/alert-settings.schema.json lists what it may say',
    })
  }
  return tuned(parsed.data, place)
}

function tuned(settings: Settings, place: string): Watched {
  const slis = CATALOGUE.slis.map(sli => ({
    ...sli,
    objective: settings.objectives?.[sli.name] ?? sli.objective,
  }))
  const alerts = CATALOGUE.alerts
    .filter(({ name }) => settings.alerts?.[name]?.off === undefined)
    .map(alert =>
      alert.kind === 'burn_rate'
        ? withoutWindows(alert, settings, place, slis)
        : withWindows(alert, settings, place),
    )
  const { repository, grafana } = settings.links ?? {}
  const floor = settings.trafficFloor ?? {}
  const burn = settings.burnWindows ?? {}
  return {
    slis,
    alerts,
    burnWindows: {
      production: burn.production ?? CATALOGUE.burnWindows.production,
      drill: burn.drill ?? CATALOGUE.burnWindows.drill,
    },
    trafficFloor: {
      production: floor.production ?? CATALOGUE.trafficFloor.production,
      drill: floor.drill ?? CATALOGUE.trafficFloor.drill,
    },
    selector: settings.selector ?? {},
    links: {
      repository: withoutSlash(repository ?? CATALOGUE.links.repository),
      grafana: withoutSlash(grafana ?? CATALOGUE.links.grafana),
    },
  }
}

/** Paths follow. */
const withoutSlash = (url: string) => url.replace(/\/+$/, '')

type BurnRate = Extract<Alert, { kind: 'burn_rate' }>

/** A burn alert has the windows of all burn alerts, and the objective of its SLI. */
function withoutWindows(alert: BurnRate, settings: Settings, place: string, slis: Watched['slis']): BurnRate {
  const own = settings.alerts?.[alert.name]
  if (own?.production || own?.drill) {
    throw new PetrelError('config_unreadable', `${place}: ${alert.name} has no windows of its own`, {
      hint: 'tune burnWindows, which all burn alerts share, or the objective of its SLI',
    })
  }
  return { ...alert, sli: slis.find(({ name }) => name === alert.sli.name) ?? alert.sli }
}

function withWindows<One extends Exclude<Alert, BurnRate>>(
  alert: One,
  settings: Settings,
  place: string,
): One {
  const tune = (set: WindowSet) => {
    const before: object = alert.windows[set]
    const wanted = settings.alerts?.[alert.name]?.[set] ?? {}
    for (const field of Object.keys(wanted)) {
      if (!(field in before)) {
        throw new PetrelError('config_unreadable', `${place}: ${alert.name} has no ${field} to tune`, {
          hint: `it has ${Object.keys(before).join(', ')}`,
        })
      }
    }
    return { ...before, ...wanted }
  }
  return { ...alert, windows: { production: tune('production'), drill: tune('drill') } }
}
