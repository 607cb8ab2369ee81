import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { z } from 'zod'
import { boardSchema } from '../boards/schema.ts'
import { dashboardFiles } from '../generated.ts'
import { boardProviderSchema, configMapSchema, dataSourcesSchema, prometheusRuleSchema } from './schema.ts'

const read = (path: string): unknown => {
  const file = dashboardFiles().find(one => one.path === `dashboards/out/${path}`)
  if (!file) throw new Error(`there is no ${path}`)
  return parse(file.content)
}

test('the rules are a PrometheusRule that the operator takes', () => {
  const { spec } = prometheusRuleSchema.parse(read('kubernetes/prometheus-rule.yml'))
  expect({ groups: spec.groups }).toEqual(read('rules/petrel.production.yml'))
})

test('the boards are a config map that the sidecar finds, and that is small enough', () => {
  const { metadata, data } = configMapSchema.parse(read('kubernetes/dashboards.yml'))
  expect(metadata.labels.grafana_dashboard).toBe('1')
  expect(Object.keys(data)).toHaveLength(9)
  for (const board of Object.values(data)) boardSchema.parse(JSON.parse(board))
  expect(Buffer.byteLength(Object.values(data).join(''))).toBeLessThan(1024 * 1024)
})

test('each link of a data source leads to one that is there', () => {
  const { datasources } = dataSourcesSchema.parse(read('grafana/datasources.yml'))
  const uids = datasources.map(({ uid }) => uid)
  const linked = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"(\w+)"/g)].map(([, uid]) => uid)
  expect(linked).toHaveLength(4)
  expect(uids).toEqual(expect.arrayContaining(linked))
  expect(datasources.filter(({ isDefault }) => isDefault)).toHaveLength(1)
  // One scrape is no rate: beside a trace it looks back as far as the rules do.
  const ranges = [...JSON.stringify(datasources).matchAll(/rate\([^)]*\[([^\]]+)\]\)/g)].map(
    ([, range]) => range,
  )
  expect(ranges).toEqual(['5m'])
})

test('Grafana finds the boards in one folder, and nobody edits them there', () => {
  const { providers } = boardProviderSchema.parse(read('grafana/dashboards.yml'))
  expect(providers).toMatchObject([{ allowUiUpdates: false }])
})

test.each<[string, z.ZodType, string, (file: never) => void]>([
  [
    'a rule without its expression',
    prometheusRuleSchema,
    'kubernetes/prometheus-rule.yml',
    (file: { spec: { groups: { rules: { expr?: string }[] }[] } }) => {
      delete file.spec.groups[0]?.rules[0]?.expr
    },
  ],
  [
    'a field that the operator does not know',
    prometheusRuleSchema,
    'kubernetes/prometheus-rule.yml',
    (file: { spec: object }) => {
      Object.assign(file.spec, { rules: [] })
    },
  ],
  [
    'a config map of numbers',
    configMapSchema,
    'kubernetes/dashboards.yml',
    (file: { data: object }) => {
      Object.assign(file.data, { 'a.json': 1 })
    },
  ],
  [
    'a data source with a field by another name',
    dataSourcesSchema,
    'grafana/datasources.yml',
    (file: { datasources: { jsonData: object }[] }) => {
      Object.assign(file.datasources[0]?.jsonData ?? {}, { exemplars: [] })
    },
  ],
])('the schema refuses %s', (_, schema, path, breakIt) => {
  const file = read(path)
  expect(schema.safeParse(file).success).toBe(true)
  breakIt(file as never)
  expect(schema.safeParse(file).success).toBe(false)
})
