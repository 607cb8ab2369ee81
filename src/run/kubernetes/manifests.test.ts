import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import { beforeAll, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { SCENARIOS } from '#catalog'
import { bundleScenario } from './bundle.ts'
import { kubernetesManifests, type ManifestOptions } from './manifests.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

interface Schema {
  properties?: Record<string, Schema>
  items?: Schema
  [keyword: string]: unknown
}

/** Kubernetes drops fields that a schema does not name: here each is an error. */
function strict(schema: Schema): Schema {
  const { properties, items, ...rest } = schema
  return {
    ...rest,
    ...(items ? { items: strict(items) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, strict(value)]),
          ),
          additionalProperties: false,
        }
      : {}),
  }
}

const crd = parse(readFileSync(resolve(ROOT, 'test/fixtures/k6-operator/k6.io_testruns.yaml'), 'utf8'))
const version = crd.spec.versions.find(({ name }: { name: string }) => name === 'v1alpha1')
const schema = strict(version.schema.openAPIV3Schema)
// `metadata` is the API server's own: the schema says no more than that it is an object.
;(schema.properties as Record<string, Schema>).metadata = { type: 'object' }
const isTestRun = new Ajv({ strict: false, validateFormats: false }).compile(schema)

const scenarioOf = (name: string) => {
  const scenario = SCENARIOS.find(one => one.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  return scenario
}
let script: string
beforeAll(async () => {
  script = await bundleScenario('./loadtests/scenarios/wrong-path.ts', ROOT)
})
const manifests = (change: Partial<ManifestOptions> = {}) => {
  const text = kubernetesManifests({
    scenario: scenarioOf('wrong-path'),
    settings: { clients: 30, taskMs: 500, seed: 7, pathTemplate: '/ws/{taskId}', policy: 'well-behaved' },
    targets: ['http://stream.default.svc:8080'],
    parallelism: 3,
    image: 'grafana/k6:2.2.0',
    script,
    ...change,
  })
  return parseAllDocuments(text).map(document => document.toJS())
}

test('the TestRun fits the schema of k6-operator, to the last field', () => {
  const [, run] = manifests()
  expect(isTestRun(run), JSON.stringify(isTestRun.errors)).toBe(true)
  expect(run).toMatchObject({ apiVersion: 'k6.io/v1alpha1', kind: 'TestRun', spec: { parallelism: 3 } })
  // The check itself can fail.
  for (const wrong of [{ parallelism: '3' }, { script: {} }, { parallelism: 3, script: {}, paralelism: 3 }]) {
    expect(isTestRun({ ...run, spec: wrong })).toBe(false)
  }
})

test('the runners are told of the crowd, and of how many they are; no address of this machine', () => {
  const [map, run] = manifests()
  const env = Object.fromEntries(
    run.spec.runner.env.map(({ name, value }: Record<string, string>) => [name, value]),
  )
  expect(env).toMatchObject({
    TARGET: 'http://stream.default.svc:8080',
    SEGMENTS: '3',
    CLIENTS: '30',
    SEED: '7',
    STREAM_PATH: '/ws/{taskId}',
    FAULT_MS: '10000',
    RESULT_FILE: 'stdout',
  })
  // Each runner begins when it is let go, not when this was written.
  expect(env).not.toHaveProperty('START_AT')
  expect(Object.values(env).every(value => typeof value === 'string')).toBe(true)
  expect(run.spec.script.configMap).toEqual({ name: map.metadata.name, file: 'wrong-path.js' })
})

test.each(SCENARIOS.filter(({ cause }) => cause.by === 'crowd').map(({ name }) => name))(
  'the script of %s is whole: nothing but k6 is left to import, and it fits into a ConfigMap',
  async name => {
    const text = await bundleScenario(`./loadtests/scenarios/${name}.ts`, ROOT)
    const imported = [...text.matchAll(/^import .* from "(.+)"/gm)].map(([, from]) => from)
    expect(imported.filter(from => !/^k6(\/|$)/.test(from ?? ''))).toEqual([])
    expect(text).not.toContain(ROOT)
    const [map] = manifests({ scenario: scenarioOf(name), script: text })
    expect(map.data[`${name}.js`]).toBe(text)
    expect(Buffer.byteLength(JSON.stringify(map))).toBeLessThan(1024 * 1024)
  },
)

test.each([
  ['a fault from outside', { scenario: scenarioOf('refused-matrix') }, 'cannot be played by k6 alone'],
  ['an image of any version', { image: 'grafana/k6' }, 'is not pinned'],
  ['an image that moves', { image: 'grafana/k6:latest' }, 'is not pinned'],
  ['a script that is too long', { script: 'x'.repeat(1024 * 1024) }, 'does not fit into a ConfigMap'],
])('%s is refused', (_, change, why) => {
  expect(() => manifests(change)).toThrow(why)
})

test('an image with a digest is pinned', () => {
  const image = `registry.example:5000/k6@sha256:${'a'.repeat(64)}`
  expect(manifests({ image })[1].spec.runner.image).toBe(image)
})
