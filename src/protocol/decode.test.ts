import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeClientFrame, producedEvent } from './decode.ts'
import { CLIENT_FRAME_TYPES } from './frames.ts'
import { MAX_CLIENT_FRAME_BYTES } from './limits.ts'

const knows = (type: unknown) => (CLIENT_FRAME_TYPES as readonly unknown[]).includes(type)

test('any text is a frame of the protocol or has a problem; none throws, and no answer is long', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.record({ type: fc.oneof(fc.constantFrom(...CLIENT_FRAME_TYPES), fc.anything()) }).map(one => {
      try {
        return JSON.stringify(one)
      } catch {
        return '{"type":'
      }
    }),
  )
  fc.assert(
    fc.property(text, frame => {
      const decoded = decodeClientFrame(frame)
      if (decoded.ok) expect(knows(decoded.frame.type)).toBe(true)
      else expect(decoded.text.length).toBeLessThan(100)
    }),
    { numRuns: 1_000 },
  )
})

test('exactly the types of the protocol are known, and nothing that comes with them is kept', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...CLIENT_FRAME_TYPES), fc.string()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (type, fields) => {
        const decoded = decodeClientFrame(JSON.stringify({ ...fields, type }))
        expect(decoded).toMatchObject(knows(type) ? { ok: true } : { ok: false, problem: 'unknown' })
        if (decoded.ok) expect(decoded.frame).toEqual({ type })
      },
    ),
  )
})

test.each([
  ['arrays as deep as a frame allows', '['.repeat(MAX_CLIENT_FRAME_BYTES)],
  ['closed ones', '['.repeat(8_000) + ']'.repeat(8_000)],
  ['objects', `${'{"type":'.repeat(1_800)}1${'}'.repeat(1_800)}`],
  ['a prototype', '{"__proto__":{"type":"ping"}}'],
  ['a type from the prototype', '{"type":"constructor"}'],
])('%s are no frame', (_, text) => {
  expect(decodeClientFrame(text)).toMatchObject({ ok: false })
})

test('any body of a worker is an event of the protocol or is refused; none throws', () => {
  fc.assert(
    fc.property(fc.anything(), body => {
      const parsed = producedEvent.safeParse(body)
      if (parsed.success) expect(parsed.data.progress).toBeLessThanOrEqual(1)
    }),
  )
})
