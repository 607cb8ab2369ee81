import { expect, test } from 'vitest'
import { FAULTS } from '#catalog'
import { closeCodeClass } from '#protocol'
import { startTestServer } from '../testing.ts'

test.each(Object.keys(FAULTS.acceptThenClose.variants))(
  '%s: accepted, no frame, closed; handshakes look perfect and every session is bad',
  async variant => {
    await using server = await startTestServer({ faults: [`accept-then-close=${variant}`] })
    const client = server.open(await server.createTask({ pace_ms: 60_000 }))
    await client.opened
    const code = variant === 'cut' ? 1006 : Number(variant)
    expect(await client.closed).toBe(code)
    expect(client.frames).toEqual([])
    await expect
      .poll(async () =>
        (await server.metrics()).get('ws_sessions_total{reason="server_close",verdict="bad"}'),
      )
      .toBe(1)
    const metrics = await server.metrics()
    expect(metrics.get(`ws_closes_total{code_class="${closeCodeClass(code)}",initiator="server"}`)).toBe(1)
    expect(
      metrics.get(
        'ws_handshakes_total{outcome="accepted",reason="ok",route="/api/v1/ws/{taskId}",status="101"}',
      ),
    ).toBe(1)
  },
)

test('off: the same client stays and is served', async () => {
  await using server = await startTestServer()
  const client = server.open(await server.createTask({ pace_ms: 20 }))
  expect(await client.closed).toBe(1000)
  expect(client.frames.length).toBeGreaterThan(2)
})
