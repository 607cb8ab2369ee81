import { expect, test } from 'vitest'
import { seededRandom } from '../../src/client/policies/index.ts'
import { traceparent } from './trace.ts'

test('each handshake has a trace context of its own, and a crowd of thousands asks for a hundred traces', () => {
  const random = seededRandom(1)
  const all = Array.from({ length: 2_500 }, (_, client) => traceparent(random, client, 2_500))
  for (const one of all) expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
  expect(new Set(all).size).toBe(2_500)
  expect(all.filter(one => one.endsWith('01'))).toHaveLength(100)
  expect(traceparent(random, 3, 6)).toMatch(/-01$/)
})
