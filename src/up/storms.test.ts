import { expect, test } from 'vitest'
import { PetrelError } from '#core'
import { stormNamed, stormNames } from './storms.ts'

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
