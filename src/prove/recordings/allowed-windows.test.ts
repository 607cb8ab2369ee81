import { expect, test } from 'vitest'
import { allowedWindows } from './allowed-windows.ts'

const fires = { alert: 'WsFlapping', severity: 'critical', expected: 'fire' } as const

test('an alert may take a quarter and 3 s more or less than predicted, a page never more than 30 s', () => {
  expect(allowedWindows({ ...fires, predicted: { detect: 4, resolve: 28 } })).toMatchObject({
    detect: { from: 0, to: 8 },
    resolve: { from: 18, to: 30 },
  })
  const ticket = { ...fires, severity: 'warning', predicted: { detect: 4, resolve: 28 } } as const
  expect(allowedWindows(ticket)).toMatchObject({ resolve: { from: 18, to: 38 } })
})

test('without a prediction it may take what the catalogue allows', () => {
  expect(allowedWindows({ ...fires, predicted: { detect: null, resolve: null } })).toMatchObject({
    detect: { from: 0, to: 30 },
    resolve: { from: 0, to: 30 },
  })
})

test('one that must not fire has no time', () => {
  expect(
    allowedWindows({ ...fires, expected: 'silent', predicted: { detect: 4, resolve: 8 } }),
  ).toMatchObject({
    detect: null,
    resolve: null,
  })
})
