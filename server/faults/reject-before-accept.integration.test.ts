import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing.ts'

const refused = (status: string) =>
  `ws_handshakes_total{outcome="refused",reason="task_unknown",route="/api/v1/ws/{taskId}",status="${status}"}`

test('an unknown task: with the fault a bare 403 that no page can read, without it code 4505', async () => {
  await using server = await startTestServer({ faults: ['reject-before-accept'] })
  const { ws } = server.open('no-such-task')
  const [, response] = await once(ws, 'unexpected-response')
  expect(response.statusCode).toBe(403)
  expect(response.headers['content-length']).toBe('0')
  expect((await server.metrics()).get(refused('403'))).toBe(1)
  expect((await server.metrics()).get(refused('101'))).toBe(0)

  await using healthy = await startTestServer()
  expect(await healthy.open('no-such-task').closed).toBe(4505)
  expect((await healthy.metrics()).get(refused('403'))).toBe(0)
  expect((await healthy.metrics()).get(refused('101'))).toBe(1)
})
