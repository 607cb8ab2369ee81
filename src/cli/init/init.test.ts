import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { SCENARIOS } from '#catalog'
import { effectiveThresholds, readConfig } from '#gate'
import { configFile } from './config-file.ts'
import type { Seen } from './seen.ts'
import { workflowFile } from './workflow-file.ts'

const row = (look: string, level: Seen['rows'][number]['level'], seen = '101') => ({
  look,
  path: null,
  seen,
  meaning: 'as it should be',
  level,
})
const foreign: Seen = {
  target: 'http://127.0.0.1:3000',
  path: '/ws/{taskId}',
  isOurs: false,
  metrics: undefined,
  rows: [row('right path', 'good'), row('wrong path: other', 'wrong')],
}
const read = (seen: Seen) => readConfig(configFile(seen), 'petrel.yaml').config.gate

test('a server of somebody else: its path, the scenarios that say something of it, and no metrics', () => {
  expect(read(foreign)).toMatchObject({
    target: 'http://127.0.0.1:3000',
    path: '/ws/{taskId}',
    scenarios: ['healthy', 'harmless-burst', 'flapping-client', 'mass-drop'],
  })
  expect(read(foreign)).not.toHaveProperty('metrics')
  expect(configFile(foreign)).toContain('# metrics: http://127.0.0.1:3000/metrics')
})

test('a server of ours: no path, its metrics, and the wrong path where it is refused', () => {
  const rows = [row('right path', 'good'), row('wrong path: missing prefix', 'good')]
  const ours = { ...foreign, isOurs: true, metrics: 'http://127.0.0.1:3000/metrics', rows }
  expect(read(ours)).toMatchObject({ metrics: 'http://127.0.0.1:3000/metrics' })
  expect(read(ours)).not.toHaveProperty('path')
  expect(read(ours)?.scenarios).toContain('wrong-path')
})

test('what is written is what is in effect: every scenario exists, each threshold comes from the file', () => {
  const name = 'petrel.yaml'
  const effective = effectiveThresholds({ ...readConfig(configFile(foreign), name), name })
  const served = effective.get('mass-drop')?.find(one => one.phase === 'recovery' && one.name === 'served')
  expect(served?.source).toMatch(/^petrel\.yaml:\d+$/)
  expect(read(foreign)?.scenarios?.every(name => SCENARIOS.some(one => one.name === name))).toBe(true)
})

test('what a server answered is comment, whatever it is', () => {
  // As petrel check hands it on: control characters are visible already.
  const seen = {
    ...foreign,
    rows: [row('right path', 'good', '101, "x\\u000agate: {target: http://evil}" # - : {')],
  }
  expect(read(seen)).toEqual(read(foreign))
})

test('the workflow is YAML, and takes the command and the address as they are', () => {
  const start = `node "my server.js" --x='#: y' && echo $HOME`
  const { jobs } = parse(workflowFile(foreign, start))
  expect(jobs.gate.env).toEqual({ START: start, TARGET: 'http://127.0.0.1:3000' })
  for (const { run = '' } of jobs.gate.steps) expect(run).not.toContain('${{')
})
