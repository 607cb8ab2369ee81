import { expect, test } from 'vitest'
import { LOOPING_ATTEMPTS, RECONNECT_WITHIN_MS } from '#catalog'
import { manualClock } from '../../test/support/manual-clock.ts'
import { readSamples } from '../../test/support/samples.ts'
import { type Client, trackClients } from './clients.ts'
import { createInstruments } from './instruments.ts'
import type { SessionVerdict } from './session-verdict.ts'

const SHORT_LIVED: SessionVerdict = { verdict: 'bad', reason: 'short_lived' }
const DELIVERED: SessionVerdict = { verdict: 'good', reason: 'delivered' }
const client = (key: string, path = '/t1'): Client => ({ key, path })

function setUp() {
  const clock = manualClock()
  const instruments = createInstruments([])
  const clients = trackClients(instruments, clock)
  const states = async () => {
    const samples = await readSamples(instruments.register)
    const of = (state: string) => samples.get(`ws_clients{state="${state}"}`)
    return { ok: of('ok'), failing: of('failing'), looping: of('looping') }
  }
  const attempt = (one: Client, verdict: SessionVerdict) => {
    clients.tried(one)
    clients.opened(one)
    clients.decided(one, verdict)
    clients.ended(one)
  }
  return { clock, clients, states, attempt, samples: () => readSamples(instruments.register) }
}

test('one client that flaps is seen among healthy ones', async () => {
  const { attempt, states, clock } = setUp()
  for (let other = 0; other < 50; other++) attempt(client(`healthy-${other}`), DELIVERED)
  for (let time = 0; time < LOOPING_ATTEMPTS; time++) {
    attempt(client('flapping'), SHORT_LIVED)
    clock.advance(100)
  }
  expect(await states()).toEqual({ ok: 50, failing: 0, looping: 1 })
})

test('a client that is refused now and then fails, and does not loop', async () => {
  const { clients, states, clock } = setUp()
  for (let time = 0; time < 60; time++) {
    clients.tried(client('slow'))
    clients.refused(client('slow'))
    clock.advance(10_000)
  }
  expect(await states()).toEqual({ ok: 0, failing: 1, looping: 0 })
})

test('many attempts that are served are no loop; the first that is served ends one', async () => {
  const { attempt, states } = setUp()
  for (let time = 0; time < 100; time++) attempt(client('busy'), DELIVERED)
  expect(await states()).toEqual({ ok: 1, failing: 0, looping: 0 })
  for (let time = 0; time < 100; time++) attempt(client('busy'), SHORT_LIVED)
  expect(await states()).toEqual({ ok: 0, failing: 0, looping: 1 })
  attempt(client('busy'), DELIVERED)
  expect(await states()).toEqual({ ok: 1, failing: 0, looping: 0 })
})

test('a loop that straddles two minutes is one; a client that went away is forgotten', async () => {
  const { clients, states, clock } = setUp()
  clients.tried(client('c'))
  clock.advance(55_000)
  for (let time = 0; time < LOOPING_ATTEMPTS; time++) {
    clock.advance(500)
    clients.tried(client('c'))
    clients.refused(client('c'))
  }
  expect(await states()).toMatchObject({ looping: 1 })
  clock.advance(60_001)
  expect(await states()).toEqual({ ok: 0, failing: 0, looping: 0 })
})

test('a client that stays counts once, also when an older one is forgotten', async () => {
  const { clients, states, clock } = setUp()
  clients.tried(client('stays'))
  clients.tried(client('goes'))
  clock.advance(30_000)
  clients.tried(client('stays'))
  clock.advance(30_001)
  expect(await states()).toEqual({ ok: 1, failing: 0, looping: 0 })
})

test('who is connected is seen, however long ago the attempt', async () => {
  const { clients, states, clock } = setUp()
  clients.tried(client('c'))
  clients.opened(client('c'))
  clients.decided(client('c'), DELIVERED)
  clock.advance(3_600_000)
  expect(await states()).toMatchObject({ ok: 1 })
})

test('a return to the same task within the time is a reconnect, with its delay', async () => {
  const { attempt, clock, samples } = setUp()
  attempt(client('c'), DELIVERED)
  clock.advance(700)
  attempt(client('c'), DELIVERED)
  attempt(client('c', '/t2'), DELIVERED)
  attempt(client('d'), DELIVERED)
  clock.advance(RECONNECT_WITHIN_MS + 1)
  attempt(client('c'), DELIVERED)
  const after = await samples()
  expect(after.get('ws_opens_total{kind="first"}')).toBe(4)
  expect(after.get('ws_opens_total{kind="reconnect"}')).toBe(1)
  expect(after.get('ws_reconnect_delay_seconds_sum')).toBeCloseTo(0.7)
})

test('a hundred thousand clients are no more than the table holds, and the newest are in it', async () => {
  const { clients, states } = setUp()
  for (let index = 0; index < 100_000; index++) clients.tried(client(`c${index}`))
  clients.refused(client('c99999'))
  expect(await states()).toEqual({ ok: 19_999, failing: 1, looping: 0 })
})
