import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { FAULTS } from '#catalog'
import { startTestServer, type TestServer } from '../testing.ts'

const put = (
  server: TestServer,
  name: string,
  body: unknown,
  { headers = {}, url = server.url }: { headers?: Record<string, string>; url?: string } = {},
) =>
  fetch(`${url}/debug/faults/${name}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const active = async (server: TestServer) =>
  [...(await server.metrics())].flatMap(([key, value]) =>
    key.startsWith('petrel_fault_active') && value > 0 ? [key] : [],
  )

test('every switch of the catalogue is told, all off, and no metric says otherwise', async () => {
  await using server = await startTestServer()
  const told = (await (await fetch(`${server.url}/debug/faults`)).json()) as Record<string, unknown>[]
  expect(told).toEqual(
    Object.values(FAULTS).map(({ name, description, variants }) => ({
      name,
      description,
      variants: ['off', ...Object.keys(variants)],
      variant: 'off',
    })),
  )
  expect(await active(server)).toEqual([])
})

test('a switch is changed while the server runs: told, counted, logged, and back', async () => {
  await using server = await startTestServer({ faultControl: 'loopback', faults: ['send-in-catch'] })
  const on = await put(server, 'slow-history', { variant: '1s' })
  expect(on.status).toBe(200)
  expect(await on.json()).toMatchObject({ name: 'slow-history', variant: '1s' })
  expect(await active(server)).toEqual([
    'petrel_fault_active{fault="send-in-catch",variant="on"}',
    'petrel_fault_active{fault="slow-history",variant="1s"}',
  ])
  expect(server.lines.at(-1)).toMatchObject({
    msg: 'fault_switched',
    level: 40,
    fault: 'slow-history',
    from: 'off',
    to: '1s',
  })
  await put(server, 'slow-history', { variant: 'off' })
  await put(server, 'send-in-catch', { variant: 'off' })
  expect(await active(server)).toEqual([])
})

test('many changes at once end as the last of each says', async () => {
  await using server = await startTestServer({ faultControl: 'loopback' })
  const variants = ['1s', 'off', '5s', 'off', '300ms']
  const names = ['slow-history', 'silent-first-message']
  await Promise.all(variants.flatMap(variant => names.map(name => put(server, name, { variant }))))
  for (const name of names) expect((await put(server, name, { variant: 'off' })).status).toBe(200)
  expect(await active(server)).toEqual([])
})

test.each([
  ['a variant that it has not', 'slow-history', { variant: '2s' }, 400, '300ms'],
  ['a variant of everything', 'slow-history', { variant: '__proto__' }, 400, '300ms'],
  ['no variant', 'slow-history', {}, 400, 'variant'],
  ['more than a variant', 'slow-history', { variant: '1s', for: '1m' }, 400, 'variant'],
  ['a switch that there is not', 'slow-hist%1bory', { variant: '1s' }, 404, 'no such fault'],
])('%s is refused and changes nothing', async (_, name, body, status, text) => {
  await using server = await startTestServer({ faultControl: 'loopback' })
  const response = await put(server, name, body)
  expect(response.status).toBe(status)
  expect(await response.text()).toContain(text)
  expect(await active(server)).toEqual([])
})

test('without fault control nobody may change a switch', async () => {
  await using server = await startTestServer()
  const response = await put(server, 'slow-history', { variant: '1s' })
  expect(response.status).toBe(403)
  expect(await response.text()).toContain('--fault-control')
  expect(await active(server)).toEqual([])
  expect(server.lines.at(-1)).toMatchObject({ msg: 'fault_refused', reason: expect.stringMatching(/./) })
})

test.each([
  ['a page in a browser', { Origin: 'http://evil.example' }],
  ['a client behind a proxy on this machine', { 'X-Forwarded-For': '203.0.113.9' }],
  ['the same in the standard form', { Forwarded: 'for=203.0.113.9' }],
])('with fault control, %s may not', async (_, headers) => {
  await using server = await startTestServer({ faultControl: 'loopback' })
  expect((await put(server, 'slow-history', { variant: '1s' }, { headers })).status).toBe(403)
  expect(await active(server)).toEqual([])
})

const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find(address => address && !address.internal && address.family === 'IPv4')?.address

test('with fault control, another machine may not', async context => {
  if (!ownAddress) return context.skip('this machine has no address beside loopback')
  await using server = await startTestServer({ faultControl: 'loopback', host: '0.0.0.0' })
  const url = `http://${ownAddress}:${server.port}`
  expect((await put(server, 'slow-history', { variant: '1s' }, { url })).status).toBe(403)
  expect((await fetch(`${url}/debug/faults`)).status).toBe(200)
  const own = `http://127.0.0.1:${server.port}`
  expect((await put(server, 'slow-history', { variant: '1s' }, { url: own })).status).toBe(200)
})
