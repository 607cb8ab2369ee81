import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { readSamples } from '../../test/support/samples.ts'
import { closed, startMeasuredServer } from './testing.ts'

test('callbacks that throw end nothing: the defaults answer for them, and each is told of once', async () => {
  const warnings: string[] = []
  const note = ({ name, message }: Error) => {
    if (name === 'PetrelWarning') warnings.push(message)
  }
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  const defect = () => {
    throw new Error('a defect')
  }
  const ends: Promise<void>[] = []
  await using server = await startMeasuredServer({
    clientKey: defect,
    serves: defect,
    onVerdict: defect,
    hooks: { isUseful: defect, isTerminal: defect },
    onSession(session, ws) {
      ends.push(closed(ws))
      session.send('{}', 'completed')
    },
  })
  for (let visit = 0; visit < 2; visit++) {
    const client = new WebSocket(`${server.url}/api/v1/ws/t1`)
    await once(client, 'message')
    client.close()
    await Promise.all([once(client, 'close'), ...ends])
  }
  const samples = await readSamples(server.meter.register)
  expect(samples.get('ws_sessions_total{reason="delivered",verdict="good"}')).toBe(2)
  // The same client, by its address.
  expect(samples.get('ws_opens_total{kind="reconnect"}')).toBe(1)
  await expect
    .poll(() => warnings.toSorted())
    .toEqual(
      ['clientKey', 'hooks.isTerminal', 'hooks.isUseful', 'onVerdict', 'serves'].map(
        name => `${name} has thrown: a defect`,
      ),
    )
})
