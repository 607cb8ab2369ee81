import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharedFrame } from '#instrument'
import { FrameReader } from './frames.ts'

test('however the bytes are cut, each frame is counted once', () => {
  const text = fc.string({ maxLength: 400 })
  const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 })
  void fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), cuts, (texts, sizes) => {
      const bytes = Buffer.concat(texts.map(one => sharedFrame(one, 'x').bytes))
      const lengths: number[] = []
      let pings = 0
      const reader = new FrameReader({
        onText: (chunk, start, length) => {
          if (start >= 0) lengths.push(length)
          else lengths.push(-1)
          if (start >= 0)
            expect(chunk.toString('utf8', start, start + length)).toBe(texts[lengths.length - 1])
        },
        onPing: () => pings++,
        onClose: () => {},
      })
      for (let at = 0, cut = 0; at < bytes.length; cut++) {
        const size = sizes[cut % sizes.length] ?? 1
        reader.read(bytes, at, Math.min(at + size, bytes.length))
        at += size
      }
      reader.read(Buffer.from([0x89, 0x00]), 0, 2)
      expect(lengths).toHaveLength(texts.length)
      expect(pings).toBe(1)
    }),
  )
})
