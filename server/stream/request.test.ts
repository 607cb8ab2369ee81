import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamPath } from '#protocol'
import { readStreamRequest } from './request.ts'

test('what streamPath writes is what is read', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
      fc.boolean(),
      fc.option(fc.record({ epoch: fc.stringMatching(/^[\w-]{1,40}$/), seq: fc.nat() }), { nil: undefined }),
      (taskId, includeHistory, resume) => {
        const path = streamPath(taskId, { includeHistory, ...(resume ? { resume } : {}) })
        expect(readStreamRequest(path)).toEqual({ taskId, includeHistory, resume })
      },
    ),
  )
})

test('whatever stands in a URL, reading it never throws and is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), url => {
      expect(readStreamRequest(url).taskId.length).toBeLessThanOrEqual(128)
    }),
  )
})

test('any resume token is of no epoch, or an epoch and a sequence that a number can hold', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[^:]{0,3}:\d{0,20}$/)), token => {
      const { resume } = readStreamRequest(`/api/v1/ws/t?resume=${encodeURIComponent(token.toWellFormed())}`)
      if (resume?.epoch === '') return
      expect(resume?.epoch).toMatch(/^[^:]{1,128}$/)
      expect(Number.isSafeInteger(resume?.seq)).toBe(true)
      expect(token.toWellFormed()).toMatch(new RegExp(`:0*${resume?.seq}$`))
    }),
    { numRuns: 1_000 },
  )
})

test.each(['', 'epoch', ':1', 'epoch:', 'epoch:-1', 'epoch:1e3', 'a:b:1', `epoch:${'9'.repeat(16)}`])(
  'the resume %j is of no epoch of ours',
  text => {
    const url = `/api/v1/ws/t?resume=${encodeURIComponent(text)}`
    expect(readStreamRequest(url).resume).toEqual({ epoch: '', seq: 0 })
  },
)
