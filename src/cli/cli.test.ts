import { expect, test } from 'vitest'
import { COMMANDS } from './commands/index.ts'
import type { Io } from './io.ts'
import { run } from './run.ts'

async function transcript(...argv: string[]) {
  let out = ''
  let err = ''
  const io: Io = {
    out: text => {
      out += text
    },
    err: text => {
      err += text
    },
    colour: false,
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  }
  return { code: await run(argv, io), out, err }
}

test.each(COMMANDS.map(({ name }) => name))(
  '%s has a page of help with an example that begins with its name',
  async name => {
    const { code, out } = await transcript(name, '--help')
    expect(code).toBe(0)
    expect(out).toContain(`Usage: petrel ${name}`)
    expect(out).toMatch(new RegExp(`Example:\\n {2}petrel ${name}\\b`))
  },
)

test('without a command it prints its help and counts as misuse', async () => {
  const { code, out } = await transcript()
  expect(code).toBe(2)
  for (const { name, summary } of COMMANDS) {
    expect(out).toContain(name)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(summary)
  }
})

test.each([
  [['sarve'], "error: unknown command 'sarve'", '(Did you mean serve?)'],
  [['serve', '--prot', '1'], "error: unknown option '--prot'", '(Did you mean --port?)'],
  [['serve', '--port', '70000'], "'70000' is invalid", '--port takes a whole number from 0 to 65535'],
  [['serve', '--port', '0x10'], "'0x10' is invalid", '--port takes a whole number'],
  [['serve', '--heartbeat', 'soon'], '"soon" is not a duration (bad_duration)', 'write a number and a unit'],
  [['serve', '--fault', 'send-in-cach'], 'send-in-cach', 'send-in-catch'],
  [['serve', '--log-level', 'loud'], '--log-level "loud"', 'trace, debug, info'],
  [['serve', '--faults-file', '/nonexistent.json'], '/nonexistent.json cannot be read', 'it is JSON'],
  [['load'], "missing required argument 'scenario'", '--help'],
  [
    ['load', 'flaping'],
    'there is no scenario "flaping" (bad_option)',
    'did you mean flapping? there are: healthy,',
  ],
  [['load', 'zzz'], 'there is no scenario "zzz"', 'hint: there are: healthy,'],
  [['load', 'healthy', '--policy', 'welbehaved'], 'is no reconnect policy', 'did you mean well-behaved?'],
  [['load', 'healthy', '--clients', '0'], "'0' is invalid", 'from 1 to'],
  [['load', 'healthy', '--warmup', '10'], '"10" is not a duration', '10s'],
  [['load', 'healthy', 'extra'], 'too many arguments', '--help'],
])('%j: exit 2, what is wrong and what to do', async (argv, wrong, hint) => {
  const { code, out, err } = await transcript(...argv)
  expect(code).toBe(2)
  expect(err).toContain(wrong)
  expect(err).toContain(hint)
  expect(out).toBe('')
})

test('what a person typed is escaped where it is shown', async () => {
  const { err } = await transcript('load', '\u001b[31mred')
  expect(err).not.toContain('\u001b')
  expect(err).toContain('red')
})
