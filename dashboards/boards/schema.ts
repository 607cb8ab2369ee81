import { z } from 'zod'

/**
 * Grafana's dashboard format, version 1, as far as our boards use it. Strict: a field that Grafana does not know
 * is one that it ignores in silence. Source: the JSON Schema `dashboard` of grafana/grafana-foundation-sdk and,
 * for what that leaves open (options and targets), its type definitions.
 */
const dataSource = z.strictObject({ type: z.literal('prometheus'), uid: z.string().min(1) })

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]\w*$/),
  datasource: dataSource,
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  range: z.boolean(),
  instant: z.boolean(),
  exemplar: z.literal(true).optional(),
  format: z.literal('table').optional(),
})

const link = z.strictObject({
  title: z.string().min(1),
  type: z.enum(['link', 'dashboards']),
  icon: z.string(),
  tooltip: z.string(),
  url: z.url(),
  tags: z.array(z.string()),
  asDropdown: z.boolean(),
  placement: z.literal('inControlsMenu').optional(),
  targetBlank: z.boolean(),
  includeVars: z.boolean(),
  keepTime: z.boolean(),
})

const gridPos = z.strictObject({
  x: z.number().int().min(0).max(23),
  y: z.number().int().min(0),
  w: z.number().int().min(1).max(24),
  h: z.number().int().min(1),
})

const id = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1)

const thresholds = z.strictObject({
  mode: z.enum(['absolute', 'percentage']),
  steps: z.array(z.strictObject({ value: z.number().nullable(), color: z.string() })).min(1),
})

const fieldConfig = (custom: z.ZodType) =>
  z.strictObject({
    defaults: z.strictObject({
      unit: z.enum(['percentunit', 'reqps', 'wps', 's', 'ms', 'short', 'bytes', 'percent', 'ops']),
      min: z.number().optional(),
      max: z.number().optional(),
      thresholds: thresholds.optional(),
      custom: custom.optional(),
    }),
    overrides: z.array(z.never()),
  })

const panelBase = {
  id,
  title: z.string().min(1),
  description: z.string().min(20),
  datasource: dataSource,
  gridPos,
  links: z.array(link),
  targets: z.array(target).min(1),
  transparent: z.boolean(),
  repeatDirection: z.enum(['h', 'v']),
}

const timeseries = z.strictObject({
  ...panelBase,
  type: z.literal('timeseries'),
  options: z.strictObject({
    legend: z.strictObject({
      displayMode: z.enum(['list', 'table', 'hidden']),
      placement: z.enum(['bottom', 'right']),
      showLegend: z.boolean(),
      calcs: z.array(z.string()),
    }),
    tooltip: z.strictObject({
      mode: z.enum(['single', 'multi', 'none']),
      sort: z.enum(['asc', 'desc', 'none']),
    }),
  }),
  fieldConfig: fieldConfig(
    z.strictObject({
      lineWidth: z.number(),
      fillOpacity: z.number().min(0).max(100),
      showPoints: z.enum(['auto', 'never', 'always']),
      thresholdsStyle: z.strictObject({ mode: z.enum(['off', 'line', 'dashed', 'area']) }).optional(),
    }),
  ),
})

const stat = z.strictObject({
  ...panelBase,
  type: z.literal('stat'),
  options: z.strictObject({
    graphMode: z.enum(['none', 'line', 'area']),
    colorMode: z.enum(['none', 'value', 'background', 'background_solid']),
    justifyMode: z.enum(['auto', 'center']),
    textMode: z.enum(['auto', 'value', 'value_and_name', 'name', 'none']),
    orientation: z.enum(['auto', 'vertical', 'horizontal']),
    percentChangeColorMode: z.enum(['standard', 'inverted', 'same_as_value']),
    wideLayout: z.boolean(),
    showPercentChange: z.boolean(),
    reduceOptions: z.strictObject({ calcs: z.array(z.string()).min(1) }),
  }),
  fieldConfig: fieldConfig(z.never()),
})

const table = z.strictObject({
  ...panelBase,
  type: z.literal('table'),
  options: z.strictObject({
    frameIndex: z.number(),
    showHeader: z.literal(true),
    showTypeIcons: z.boolean(),
    footer: z.strictObject({ show: z.boolean(), reducer: z.array(z.string()), countRows: z.boolean() }),
    cellHeight: z.enum(['sm', 'md', 'lg']),
  }),
  fieldConfig: fieldConfig(
    z.strictObject({ align: z.enum(['auto', 'left', 'right']), inspect: z.boolean() }),
  ),
})

const row = z.strictObject({
  type: z.literal('row'),
  id,
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos,
  panels: z.array(z.never()),
})

const variableBase = {
  name: z.string().regex(/^\w+$/),
  label: z.string().min(1),
  hide: z.number().optional(),
  skipUrlSync: z.boolean().optional(),
  multi: z.boolean(),
  includeAll: z.boolean(),
  allValue: z.string().optional(),
  allowCustomValue: z.boolean().optional(),
  // Of interval variables alone; the SDK writes their defaults everywhere.
  auto: z.literal(false).optional(),
  auto_min: z.string().optional(),
  auto_count: z.number().optional(),
}

const variable = z.discriminatedUnion('type', [
  z.strictObject({ ...variableBase, type: z.literal('datasource'), query: z.literal('prometheus') }),
  z.strictObject({
    ...variableBase,
    type: z.literal('query'),
    query: z.string().startsWith('label_values('),
    datasource: dataSource,
    refresh: z.literal([1, 2]),
    sort: z.number().int().min(0).max(8),
  }),
])

const annotation = z.strictObject({
  name: z.string().min(1),
  datasource: dataSource,
  enable: z.boolean(),
  hide: z.boolean().optional(),
  iconColor: z.string(),
  builtIn: z.number().optional(),
  placement: z.literal('inControlsMenu').optional(),
  target: target.pick({ refId: true, datasource: true, expr: true, legendFormat: true }),
  titleFormat: z.string(),
  textFormat: z.string(),
})

const panelSchema = z.discriminatedUnion('type', [timeseries, stat, table, row])

export const boardSchema = z.strictObject({
  uid: z.string().min(8).max(40),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()),
  schemaVersion: z.number().int().min(36),
  timezone: z.string(),
  editable: z.literal(false),
  graphTooltip: z.literal([0, 1, 2]),
  fiscalYearStartMonth: z.number(),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  links: z.array(link),
  templating: z.strictObject({ list: z.array(variable) }),
  annotations: z.strictObject({ list: z.array(annotation) }),
  panels: z.array(panelSchema),
})
