import { expect, test } from 'vitest'
import type { PetrelError } from '#core'
import { effectiveThresholds } from './effective.ts'
import { readConfig } from './read.ts'

const effective = (yaml: string) =>
  effectiveThresholds({
    ...readConfig(`version: 1\ngate:\n  thresholds:\n${yaml}`, 'petrel.yaml'),
    name: 'petrel.yaml',
  })
const find = (yaml: string, scenario: string, id: string) =>
  effective(yaml)
    .get(scenario)
    ?.find(({ phase, name }) => `${phase}/${name}` === id)

/** Everything that is wrong, with its line. */
function problems(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad_config' })
    const { cause } = error as PetrelError
    return (cause as AggregateError).errors.map(({ message }) => message).join('\n')
  }
  throw new Error('nothing was wrong')
}

test('what a file changes is changed, the rest stays, and each says where it comes from', () => {
  const yaml = `    '*':
      recovery:
        served: { fail: '>= 0.9' }
    healthy:
      recovery:
        served: { warn: '>= 0.95', atLeast: 50 }`
  expect(find(yaml, 'healthy', 'recovery/served')).toMatchObject({
    measure: 'usable / attempts',
    fail: '>= 0.9',
    warn: '>= 0.95',
    samples: { of: 'attempts', atLeast: 50 },
    source: 'petrel.yaml:9',
  })
  expect(find(yaml, 'wrong-path', 'recovery/served')).toMatchObject({
    fail: '>= 0.9',
    warn: '>= 0.999',
    source: 'petrel.yaml:6',
  })
  expect(find(yaml, 'healthy', 'steady/served')).toMatchObject({ source: 'catalogue', fail: '>= 0.99' })
})

test('aliases without end are a mistake in the file, as any other', () => {
  const more = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(',')}]\n`
  const yaml = `version: 1\n${more('a', 'x')}${more('b', '*a')}${more('c', '*b')}${more('d', '*c')}`
  expect(problems(() => readConfig(yaml, 'petrel.yaml'))).toMatch(/^petrel\.yaml: Excessive alias count/)
})

test('a threshold can be added, always with a floor, and one of the catalogue put off', () => {
  const yaml = `    healthy:
      fault:
        few-reconnects: { measure: reconnects / attempts, warn: '< 0.1' }
        told-the-end: off`
  expect(find(yaml, 'healthy', 'fault/few-reconnects')).toMatchObject({
    title: 'few reconnects',
    samples: { of: 'attempts', atLeast: 5 },
  })
  expect(find(yaml, 'healthy', 'fault/told-the-end')).toBeUndefined()
})

test('what is set for all scenarios changes those that have it, and adds what it measures itself', () => {
  const yaml = `    '*':
      fault:
        served: { fail: '>= 0.9' }
        told-the-end: off
      run:
        recovered: { measure: recovery.p50Ms, fail: '< 900', samples: recovery.losses }`
  expect(find(yaml, 'healthy', 'fault/served')).toMatchObject({ fail: '>= 0.9' })
  expect(find(yaml, 'wrong-path', 'fault/served')).toBeUndefined()
  expect(find(yaml, 'healthy', 'fault/told-the-end')).toBeUndefined()
  for (const scenario of ['mass-drop', 'healthy'])
    expect(find(yaml, scenario, 'run/recovered')).toMatchObject({ measure: 'recovery.p50Ms', fail: '< 900' })
})

test.each([
  ['    healhty: {}', 'petrel.yaml:3: gate.thresholds'],
  ['    healthy: { falt: {} }', 'petrel.yaml:4: gate.thresholds.healthy'],
  ["    healthy: { fault: { served: { fial: '>= 1' } } }", 'Unrecognized key: "fial"'],
  ["    healthy: { fault: { served: { fail: '1 <=' } } }", 'petrel.yaml:4: "1 <=" is no limit'],
  [
    '    healthy: { fault: { served: { measure: usabel / attempts } } }',
    '"usabel" is no figure of a phase; there are: from, to, attempts',
  ],
  ['    healthy: { fault: { served: { measure: "process.exit(1)" } } }', 'is no arithmetic over figures'],
  ['    healthy: { fault: { served: { atLeast: 0 } } }', 'atLeast'],
  [
    "    healthy: { fault: { mine: { fail: '== 0' } } }",
    'fault/mine is none of the catalogue, so it needs a measure',
  ],
  ['    healthy: { fault: { mine: { measure: attempts } } }', 'fault/mine needs a limit'],
  ["    healthy: { run: { mine: { measure: timerLagMaxMs, fail: '< 9' } } }", 'run/mine needs samples'],
  ['    healthy: { fault: { mine: off } }', 'there is no fault/mine to put off'],
  ["    '*': { fault: { mine: off } }", 'petrel.yaml:4: there is no fault/mine to put off'],
  ["    '*': { fault: { mine: { fail: '== 0' } } }", 'fault/mine is none of the catalogue'],
  ["    healthy: { fault: { Mine: { fail: '== 0' } } }", 'kebab-case'],
  [
    "    healthy: { run: { mine: { measure: server.ws_nonsense_total, fail: '== 0', samples: timerLagMaxMs } } }",
    '"server.ws_nonsense_total" is no figure of a run',
  ],
])('%s is refused with its place', (yaml, text) => {
  expect(problems(() => effective(yaml))).toContain(text)
})

test('a file that is no configuration is refused: broken, empty, of another version, a key twice', () => {
  expect(problems(() => readConfig('version: 1\ngate: [', 'p.yaml'))).toMatch(/^p\.yaml:2: /)
  expect(problems(() => readConfig('', 'p.yaml'))).toContain('p.yaml')
  expect(problems(() => readConfig('version: 2', 'p.yaml'))).toContain('version')
  expect(problems(() => readConfig('version: 1\nversion: 1', 'p.yaml'))).toContain('p.yaml:2')
  expect(problems(() => readConfig('version: 1\ngates: {}', 'p.yaml'))).toContain('gates')
})

test.each([
  ['healthy: { falt: 3m }', 'p.yaml:4: gate.phases.healthy'],
  ['healthy: { fault: 3 minutes }', 'write a number and a unit'],
  ['healthy: { fault: 30 }', 'p.yaml:4: gate.phases.healthy.fault: '],
  ['healhty: { fault: 3m }', 'p.yaml:3: gate.phases'],
])('a length that is none is refused with its place: %s', (yaml, text) => {
  const read = () => readConfig(`version: 1\ngate:\n  phases:\n    ${yaml}\n`, 'p.yaml')
  expect(problems(read)).toContain(text)
})

test('an asterisk without quotes is an alias to YAML: how to write it is told, and no alias of nothing is a defect', () => {
  const read = () => readConfig('version: 1\ngate:\n  phases:\n    *:\n      fault: 3m\n', 'p.yaml')
  expect(problems(read)).toMatch(/^p\.yaml:4: write '\*' in quotes\n/)
  expect(problems(() => readConfig('version: 1\ngate: *none\n', 'p.yaml'))).toContain('alias')
})

test('all that is wrong is told at once', () => {
  const yaml = `    healthy:
      fault:
        served: { fail: 'no' }
        told-the-end: { measure: nothing }`
  expect(problems(() => effective(yaml)).split('\n')).toHaveLength(2)
})
