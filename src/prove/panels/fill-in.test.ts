import { expect, test } from 'vitest'
import { exactly, fillIn } from './fill-in.ts'

const QUERY = 'sum(rate(a{job=~"$job",instance=~"$instance",route=~"$route"}[$__rate_interval]))'

test('variables are everything until something is chosen', () => {
  expect(fillIn(QUERY, { rateInterval: '4s' })).toBe('sum(rate(a{job=~".+",instance=~".+",route=~".+"}[4s]))')
  expect(fillIn(QUERY, { rateInterval: '1m', job: 'web' })).toContain('{job=~"web",instance=~".+"')
})

test('a value stands for itself: no dot, quote, or dollar of it means anything', () => {
  expect(fillIn('a{job=~"$job"}', { rateInterval: '4s', job: exactly('a.b+"c"\\$&$job') })).toBe(
    String.raw`a{job=~"a\\.b\\+\"c\"\\\\\\$&\\$job"}`,
  )
})
