import { expect, test } from 'vitest'
import { exitProblem } from './exit-codes.ts'

test.each([0, 99])('code %i is an orderly end', code => {
  expect(exitProblem({ code, signal: undefined })).toBeUndefined()
})

test.each([
  [{ code: 107, signal: undefined }, 'k6 ended with code 107: the scenario threw an error'],
  [{ code: 104, signal: undefined }, 'k6 ended with code 104: it refused its configuration'],
  [{ code: 3, signal: undefined }, 'k6 ended with code 3'],
  [
    { code: undefined, signal: 'SIGKILL' },
    'k6 was ended by SIGKILL: by hand, or by the kernel when memory ran out (dmesg says so): play it again, with fewer --clients if it was memory',
  ],
])('%o is told as "%s"', (exit, text) => {
  expect(exitProblem(exit)).toBe(text)
})
