import { expect, test } from 'vitest'
import { PHASES } from '#catalog'
import { sampleLoad } from '../gate/sample.ts'
import { loadReport } from './load-report.ts'
import { keepingIo } from './testing.ts'

const { io } = keepingIo()

test('a phase is a line, and the verdict comes last', () => {
  const lines = loadReport(sampleLoad(), io)
  for (const phase of PHASES) expect(lines.some(line => line.startsWith(phase))).toBe(true)
  expect(lines.at(-1)).toBe('healthy: held')
})

test('of a k6 that left nothing the reason is told, and no table of zeros', () => {
  const empty = sampleLoad({ verdict: 'not_proven', problems: ['k6 was ended by SIGKILL: by hand'] })
  for (const phase of PHASES) empty.phases[phase].attempts = 0
  expect(loadReport(empty, io)).toEqual(['healthy: not proven', '  k6 was ended by SIGKILL: by hand'])
})

test('what a log holds cannot reach the terminal as a control, nor begin a line of its own', () => {
  const hostile = 'k6 ended\n::error::forged ##[error]\u001b[2J\u202e\rheld'
  const lines = loadReport(sampleLoad({ verdict: 'not_proven', problems: [hostile] }), io)
  expect(lines.slice(-2)).toEqual([
    '  k6 ended',
    '  | ::error::forged ## [error]\\u001b[2J\\u202e\\u000dheld',
  ])
})
