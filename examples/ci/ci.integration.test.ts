import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { effectiveThresholds, readConfig, SUITES } from '#gate'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => parse(readFileSync(join(root, file), 'utf8'))
/** Nothing listens there: the command is run to where it looks for its target. */
const NOBODY = 'http://127.0.0.1:1'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-ci-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a step as a runner does: bash that stops at the first error. */
async function bash(script: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
  const { exitCode, all } = await execa('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PETREL_HOME: root, ...env },
    all: true,
    reject: false,
  })
  return { code: exitCode ?? 1, output: all }
}

const action = read('action.yml')
const [step] = action.runs.steps

/** The variables of the action's step for some inputs, as the runner fills them in. */
function variables(inputs: Record<string, string>): Record<string, string> {
  const filled = Object.entries(step.env as Record<string, string>).map(([name, text]) => {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text)?.[1]
    if (input === undefined) return [name, root]
    expect(Object.keys(action.inputs)).toContain(input)
    return [name, inputs[input] ?? action.inputs[input].default]
  })
  return Object.fromEntries(filled)
}

test('the action names every suite that there is', () => {
  for (const suite of SUITES) expect(action.inputs.suite.description).toMatch(new RegExp(`\\b${suite}\\b`))
})

test('the action puts every input into a variable, and none into the script', () => {
  expect(step.run).not.toContain('${{')
  const used = Object.values(step.env as Record<string, string>).join()
  for (const input of Object.keys(action.inputs)) expect(used).toContain(`inputs.${input} `)
})

test('the command of the action takes all of its inputs, and gives the exit code of the gate', async () => {
  const inputs = {
    target: NOBODY,
    path: '/ws/{taskId}',
    metrics: `${NOBODY}/metrics`,
    // Also one on each line, as YAML's own block of text has them.
    scenarios: 'healthy\nrolling-deploy\n',
    clients: '12',
    // Without one rolling-deploy is refused before anything is looked for.
    fault: '30s',
    'fault-command': 'kubectl rollout restart deployment/stream',
  }
  const { code, output } = await bash(
    step.run,
    variables({ ...inputs, config: join(root, 'examples/petrel.yaml') }),
  )
  expect(output).toContain('1 of 2: healthy')
  expect(output).toContain(`nothing answers at ${NOBODY}/`)
  expect(code).toBe(3)
})

test('without inputs but a target it plays the smoke suite; what stands in an input is no command', async () => {
  const suite = await bash(step.run, variables({ target: NOBODY }))
  expect(suite.output).toContain('1 of 6: healthy')
  const hostile = await bash(
    step.run,
    variables({ target: '$(touch taken); `touch taken`', scenarios: '--help' }),
  )
  expect(hostile.code).toBe(2)
  expect(hostile.output).toContain('there is no scenario "--help"')
  const crowd = await bash(step.run, variables({ target: NOBODY, clients: 'many' }))
  expect(crowd.output).toContain("'many' is invalid")
})

test('on a pull request the action asks for the comment, unless it is told not to', async () => {
  const event = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_API_URL: '' }
  const asked = await bash(step.run, { ...variables({ target: NOBODY }), ...event })
  expect(asked.output).toContain('--comment without GITHUB_API_URL')
  expect(asked.code).toBe(2)
  const silent = await bash(step.run, { ...variables({ target: NOBODY, comment: 'false' }), ...event })
  expect(silent.output).toContain(`nothing answers at ${NOBODY}/`)
})

test('the example workflow uses the action with inputs that it has', () => {
  const steps = read('examples/ci/github.yml').jobs.gate.steps as {
    uses?: string
    with?: Record<string, string>
    run?: string
  }[]
  const gate = steps.find(({ uses }) => uses?.startsWith('petrel-dev/petrel@'))
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(gate?.with ?? {})))
  expect(SUITES).toContain(gate?.with?.suite)
  for (const { run = '' } of steps) expect(run).not.toContain('${{')
})

test('the commands of the GitLab example run', async () => {
  const { script, variables: set, artifacts } = read('examples/ci/gitlab.yml').gate
  const { code, output } = await bash((script as string[]).join('\n'), {
    ...set,
    PETREL_HOME: root,
    TARGET: NOBODY,
  })
  expect(output).toContain(`nothing answers at ${NOBODY}/readyz`)
  expect(code).toBe(3)
  expect(artifacts.reports.junit).toBe('petrel-gate/junit.xml')
})

test('the example of a configuration is one', () => {
  const text = readFileSync(join(root, 'examples/petrel.yaml'), 'utf8')
  const thresholds = effectiveThresholds({ ...readConfig(text, 'petrel.yaml'), name: 'petrel.yaml' })
  expect(thresholds.get('healthy')?.find(({ name }) => name === 'handshake-share')?.source).toMatch(
    /^petrel\.yaml:\d+$/,
  )
})
