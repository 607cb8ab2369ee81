import { expect, test } from 'vitest'
import { schemaViolations } from '../../../test/support/json-schema.ts'
import { demoResultSchema } from '../result.ts'
import { renderReport } from './page.ts'
import { sampleResult } from './sample.ts'

test('the sample is a result, by the published schema too, which another one breaks', () => {
  expect(demoResultSchema.parse(sampleResult())).toEqual(sampleResult())
  expect(schemaViolations('demo-result', sampleResult())).toEqual([])
  expect(schemaViolations('demo-result', { schema: 'petrel.demo/2' })).toContain(
    '/schema must be equal to constant',
  )
})

test.each([
  ['held', 'gone with both halves of the fix'],
  ['did_not_hold', '2 things did not hold:'],
  ['not_proven', 'run it again on a quieter machine'],
] as const)('%s is told in words, with its reasons', (verdict, words) => {
  const failures = verdict === 'held' ? [] : ['first reason', 'second reason']
  const page = renderReport(sampleResult({ verdict, failures }))
  expect(page).toContain(words)
  for (const reason of failures) expect(page).toContain(reason)
})

test('nothing that came from outside becomes markup, and the page asks for nothing', () => {
  const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
  const result = sampleResult({ failures: [hostile], environment: { [hostile]: hostile } })
  for (const { replays } of result.regimes) {
    for (const replay of replays) Object.assign(replay, { logLines: [hostile], problems: [hostile] })
  }
  const page = renderReport(result)
  expect(page).not.toMatch(/<script|<img|<link|<iframe/)
  expect(page).toContain('&lt;script&gt;')
  expect(page).toContain(`default-src 'none'`)
  expect(page).not.toMatch(/<[^>]*\s(?:src|href)=/)
})
