import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, flagOf, resolveSettings, SETTINGS, type Setting } from './index.ts'

const settings = Object.entries(SETTINGS) as [keyof typeof SETTINGS, Setting<unknown>][]

test('without variables and flags the server has its defaults, and each is one that the setting itself takes', () => {
  const { settings: resolved, effective, problems } = resolveSettings({})
  expect(problems).toEqual([])
  expect(resolved).toEqual(DEFAULT_SETTINGS)
  expect(new Set(effective.map(({ from }) => from))).toEqual(new Set(['default']))
  for (const [name, { kind, default: value }] of settings) {
    if (value === undefined || value === null) continue
    expect({ [name]: kind.schema.parse(kind.schema.encode(value)) }).toEqual({ [name]: value })
  }
})

test('variables and flags are of one form and belong to one setting each', () => {
  const variables = settings.map(([, { variable }]) => variable)
  expect(new Set(variables).size).toBe(variables.length)
  for (const variable of variables) expect(variable).toMatch(/^PETREL_[A-Z]+(_[A-Z]+)*$/)
  expect(flagOf(SETTINGS.logLevel)).toBe('--log-level')
  expect(flagOf(SETTINGS.producerToken)).toBeUndefined()
})

test('a flag wins over its variable, and a variable over the default', () => {
  const env = {
    PETREL_PORT: '9000',
    PETREL_MAX_AGE: '10m',
    PETREL_ALLOW_ORIGIN: 'https://a.example, https://b.example',
  }
  const { settings: resolved, effective } = resolveSettings(env, { port: '0', faults: 'send-in-catch' })
  expect(resolved).toMatchObject({
    port: 0,
    maxAgeMs: 600_000,
    allowedOrigins: ['https://a.example', 'https://b.example'],
    heartbeatMs: DEFAULT_SETTINGS.heartbeatMs,
  })
  expect([...resolved.faults]).toEqual([['send-in-catch', 'on']])
  const from = Object.fromEntries(effective.map(one => [one.name, one.from]))
  expect(from).toMatchObject({ port: 'flag', maxAgeMs: 'environment', heartbeatMs: 'default' })
})

test('a secret is taken from the environment alone, and shown nowhere', () => {
  const token = 'a-very-secret-token'
  const { settings: resolved, effective } = resolveSettings(
    { PETREL_PRODUCER_TOKEN: token },
    { producerToken: 'from-the-command-line' },
  )
  expect(resolved.producerToken).toBe(token)
  expect(effective.find(({ name }) => name === 'producerToken')).toMatchObject({
    value: '***',
    from: 'environment',
  })
})

test.each([
  ['PETREL_PORT', '65536'],
  ['PETREL_PORT', '-1'],
  ['PETREL_PORT', '8080 '],
  ['PETREL_HEARTBEAT', '25'],
  ['PETREL_HEARTBEAT', '0s'],
  ['PETREL_LOG_LEVEL', 'loud'],
  ['PETREL_ALLOW_ORIGIN', 'https://a.example/path'],
  ['PETREL_REDIS', '127.0.0.1:6379'],
  ['PETREL_PRODUCER_TOKEN', 'with a space in the middle'],
  ['PETREL_FAULT', 'send-in-catch=maybe'],
])('%s=%s is a problem of its own, and the default stands', (variable, value) => {
  const { settings: resolved, problems } = resolveSettings({ [variable]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(`${variable} `)
  expect(resolved).toEqual(DEFAULT_SETTINGS)
})
