import { expect, test } from 'vitest'
import { METRICS } from '#catalog'
import { readSamples } from '../../test/support/samples.ts'
import { createInstruments } from './instruments.ts'

test('what hot paths count is seen at the next scrape, also after the registry was reset', async () => {
  const { register, tally, timing } = createInstruments([])
  const opens = tally(METRICS.wsOpensTotal, { kind: 'first' })
  const accepted = timing(METRICS.wsHandshakeSeconds, { outcome: 'accepted' })
  const scraped = async () => {
    const samples = await readSamples(register)
    const of = (end: string) => samples.get(`ws_handshake_seconds_${end}{outcome="accepted"}`)
    return { opens: samples.get('ws_opens_total{kind="first"}'), count: of('count'), sum: of('sum') }
  }
  opens.add(1)
  accepted.observe(0.25)
  expect(await scraped()).toEqual({ opens: 1, count: 1, sum: 0.25 })
  register.resetMetrics()
  opens.add(2)
  accepted.observe(0.5)
  accepted.observe(0.5)
  expect(await scraped()).toEqual({ opens: 2, count: 2, sum: 1 })
})
