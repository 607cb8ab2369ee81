import { expect, test } from 'vitest'
import { PetrelError } from '#core'
import { manualClock } from '../../test/support/manual-clock.ts'
import { Storms, stormNamed, stormNames } from './storms.ts'

test('every scenario can blow but the one that needs a command', () => {
  expect(stormNames()).toContain('wrong-path')
  expect(stormNames()).toContain('flapping-server')
  expect(stormNames()).not.toContain('rolling-deploy')
  expect(stormNamed('mass-drop').name).toBe('mass-drop')
})

test.each([
  ['nonsense', '"nonsense" is no storm'],
  ['rolling-deploy', '"rolling-deploy" needs a command that replaces the servers'],
])('%s is refused, with what there is', (name, message) => {
  const refusal = () => stormNamed(name)
  expect(refusal).toThrow(PetrelError)
  expect(refusal).toThrow(message)
})

test('a storm that cannot start never blew: the next one may', async () => {
  await using storms = new Storms({
    target: 'http://127.0.0.1:9',
    k6: { name: 'k6', path: '/nowhere', version: '2', source: 'PATH' },
    folderFor: async () => Promise.reject(new Error('the disk is full')),
    env: {},
    clock: manualClock(),
    report: () => {},
    signal: new AbortController().signal,
  })
  for (const name of ['wrong-path', 'mass-drop']) {
    await expect(storms.start(name)).rejects.toThrow('the disk is full')
    expect({ last: storms.last, isBlowing: storms.isBlowing }).toEqual({ last: undefined, isBlowing: false })
  }
})
