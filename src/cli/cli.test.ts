import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from './commands/index.ts'
import type { Io } from './io.ts'
import * as testing from './testing.ts'

const transcript = (...argv: string[]) => testing.transcript(argv)
const transcriptIn = (env: Io['env'], ...argv: string[]) => testing.transcript(argv, { env })

const SETTINGS = resolve(import.meta.dirname, '../../examples/petrel.settings.yaml')

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
  [['serve', '--port', '70000'], '--port "70000" does not fit', 'it takes a whole number from 0 to 65535'],
  [['serve', '--port', '0x10'], '--port "0x10" does not fit', 'it takes a whole number'],
  [['serve', '--heartbeat', 'soon'], '"soon" is not a duration', 'write a number and a unit'],
  [
    ['config', '--port', 'x', '--trusted-proxy', '10.0.0.0/99', '--jwt-keys-file', '/nowhere/keys.json'],
    '3 settings are wrong (bad_settings)',
    'the key file /nowhere/keys.json cannot be read',
  ],
  [['serve', '--port', 'x', '--seed', 'y'], '2 settings are wrong (bad_settings)', '--seed "y" does not fit'],
  [['config', '--producer-token', 'secret'], "unknown option '--producer-token'", '--help'],
  [['serve', '--fault', 'send-in-cach'], 'send-in-cach', 'send-in-catch'],
  [['serve', '--log-level', 'loud'], '--log-level "loud"', 'trace, debug, info'],
  [['serve', '--faults-file', '/nonexistent.json'], '/nonexistent.json cannot be read', 'it is JSON'],
  [['load'], "missing required argument 'scenario'", '--help'],
  [
    ['load', 'flaping-client'],
    'there is no scenario "flaping-client" (bad_option)',
    'did you mean flapping-client? there are: healthy,',
  ],
  [['load', 'zzz'], 'there is no scenario "zzz"', 'hint: there are: healthy,'],
  [['load', 'healthy', '--policy', 'welbehaved'], 'is no reconnect policy', 'did you mean well-behaved?'],
  [['load', 'healthy', '--clients', '0'], "'0' is invalid", 'from 1 to'],
  [
    ['gate', 'healthy', '--fault-command', 'true', '--target', 'http://127.0.0.1:1'],
    'no scenario that is played takes one',
    'name rolling-deploy too',
  ],
  [['gate', 'healthy', '--fault', '1s'], 'a fault phase of 1s is too short', 'take at least'],
  [['gate', 'healthy', '--fault', 'long'], '"long" is not a duration', '10s'],
  [
    ['load', 'healthy', '--clients', '3', '--bad-clients', '4'],
    '--bad-clients 4 of 3 clients',
    'take fewer of them',
  ],
  [['load', 'healthy', '--warmup', '2s'], 'a warmup phase of 2s is too short', 'take at least 3s'],
  [['load', 'healthy', '--warmup', '10'], '"10" is not a duration', '10s'],
  [['gate', 'helthy'], 'there is no scenario "helthy" (bad_option)', 'did you mean healthy?'],
  [['gate', '--suite', 'smok'], 'there is no suite "smok"', 'did you mean smoke?'],
  [['gate', '--metrics', 'http://127.0.0.1:1/metrics'], '--metrics without --target', 'name the server too'],
  [
    ['gate', '--target', 'http://127.0.0.1:1', '--metrics', 'here'],
    '--metrics "here" is no http',
    '/metrics',
  ],
  [
    ['gate', '--target', 'http://127.0.0.1:1', '--metrics', 'http://me:secret@127.0.0.1:1/metrics'],
    '--metrics "http://***@127.0.0.1:1/metrics" is no http',
    'a login',
  ],
  [['load', 'healthy', '--path', '/ws/{taskId}'], '--path without --target', 'name the server too'],
  [['gate', '--config', '/nonexistent.yaml'], '/nonexistent.yaml cannot be read', 'leave --config away'],
  [
    ['gate', '--config', '/dev/null'],
    '/dev/null is not what it should be (bad_config)',
    'petrel config --gate',
  ],
  [
    ['gate', '--target', 'http://127.0.0.1:1', '--path', '/ws'],
    '--path "/ws" is no path with a task id',
    '/ws/{taskId}',
  ],
  [
    ['gate', '--suite', 'full', '--target', 'http://127.0.0.1:1'],
    'rolling-deploy needs a command that replaces the servers',
    '--fault-command',
  ],
  [['gate', '--path', '/ws/{taskId}'], '--path without --target', 'name the server too'],
  [
    ['gate', '--baseline', '/nonexistent.json'],
    'the baseline /nonexistent.json cannot be read',
    'petrel baseline save',
  ],
  [
    ['gate', '--baseline', '/dev/null'],
    '/dev/null cannot be compared with: it is no JSON',
    'petrel baseline save',
  ],
  [['generate', '--settings', SETTINGS, '--out', '/proc/nowhere'], 'cannot write to /proc/nowhere', '--out'],
  [['generate', '--settings', SETTINGS, '--out', SETTINGS], 'it is a file', '--out'],
  [['generate', '--settings', SETTINGS, '--root', '/'], "cannot be used with option '--root", '--help'],
  [['prove', '--only', 'wrong-pat'], '--only "wrong-pat" is not there', 'did you mean wrong-path?'],
  [['prove', '--alert', 'WsFlaping'], '--alert "WsFlaping" is not there', 'did you mean WsFlapping?'],
  [['prove', '--suite', 'all'], "argument 'all' is invalid", 'ci, full'],
  [['prove', '--suite', 'ci', '--only', 'healthy'], "cannot be used with option '--only", '--help'],
  [['prove', '--suite', 'ci', '--alert', 'WsFlapping'], "cannot be used with option '--alert", '--help'],
  [['prove', '--repeat', '0'], '--repeat takes a whole number from 1', '--help'],
  [['gate', '--effect', '5'], '--effect has nothing to compare with', 'add --baseline or --base-target'],
  [['baseline', 'shew', 'b.json'], 'petrel baseline cannot shew', 'did you mean show?'],
  [['baseline', 'show', '/nonexistent.json'], '/nonexistent.json cannot be read', 'petrel baseline save'],
  [['baseline', 'save', 'b.json', 'helthy'], 'there is no scenario "helthy"', 'did you mean healthy?'],
  [['gate', '--clients', 'many'], "'many' is invalid", 'from 1 to'],
  [['load', 'healthy', 'extra'], 'too many arguments', '--help'],
  [['up', '--storm', 'rolling-deploy'], '"rolling-deploy" needs a command', 'there are: healthy,'],
  [['up', '--storm', 'zzz'], '"zzz" is no storm (bad_option)', 'there are: healthy,'],
  [['up', '--windows', 'years'], "'years' is invalid", 'production, drill'],
  [['up', '--port', '70000'], "'70000' is invalid", 'from 0 to'],
  [['up', '--recorded', 'x', '--storm', 'mass-drop'], "cannot be used with option '--storm", '--help'],
  [['up', '--recorded', 'x', '--windows', 'drill'], "cannot be used with option '--windows", '--help'],
  [['up', '--recorded', 'x', '--port', '0'], "cannot be used with option '--port", '--help'],
  [['up', '--recorded', 'x', '--no-redis'], "cannot be used with option '--no-redis", '--help'],
])('%j: exit 2, what is wrong and what to do', async (argv, wrong, hint) => {
  const { code, out, err } = await transcript(...argv)
  expect(code).toBe(2)
  expect(err).toContain(wrong)
  expect(err).toContain(hint)
  expect(out).toBe('')
})

test('config shows every setting with where it comes from, and never a secret', async () => {
  const env = {
    PETREL_PRODUCER_TOKEN: 'a-very-secret-token',
    PETREL_REDIS: 'redis://user:hunter2@127.0.0.1:6379/0?password=hunter2',
    PETREL_PORT: '9000',
    PETREL_HEARTBEAT: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter3@127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter3',
  }
  const { code, out, err } = await transcriptIn(env, 'config', '--port', '9001', '--fault', 'send-in-catch')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^PETREL_PORT +9001 +flag$/m)
  expect(out).toMatch(/^PETREL_PRODUCER_TOKEN +\*\*\* +environment$/m)
  expect(out).toMatch(/^PETREL_REDIS +redis:\/\/\*\*\*@127\.0\.0\.1:6379\/0\?password=\*\*\* +environment$/m)
  expect(out).toMatch(/^PETREL_HEARTBEAT +25s +default$/m)
  expect(out).toMatch(/^PETREL_FAULT +send-in-catch=on +flag$/m)
  expect(out).toMatch(/^OTEL_EXPORTER_OTLP_HEADERS +\*\*\* +environment$/m)
  const json = await transcriptIn(env, 'config', '--json')
  const settings = JSON.parse(json.out) as { name: string; value: string; from: string }[]
  expect(settings.find(({ name }) => name === 'port')).toMatchObject({ value: '9000', from: 'environment' })
  expect(out + json.out).not.toMatch(/a-very-secret-token|hunter[23]/)
})

test('all that is wrong with the settings is told at once, with exit code 2 and without secrets', async () => {
  const env = {
    PETREL_PORT: 'tcp://10.0.0.1:80',
    PETREL_PRODUCER_TOKEN: 'too-short',
    PETREL_REDIS: 'http://user:hunter2@127.0.0.1',
    PETREL_LOGLEVEL: 'debug',
    PETREL_METRIC_PORT: '9100',
    PETREL_SLOW_CONSUMER_BYTES: '1',
    PETREL_SERVICE_PORT: '80',
    PETREL_METRICS_SERVER_PORT: 'tcp://10.0.0.2:80',
    PETREL_K6: '/usr/bin/k6',
    OTEL_TRACES_EXPORTER: 'otlp,jaeger',
  }
  const { code, err } = await transcriptIn(env, 'serve', '--heartbeat', 'soon', '--fault', 'send-in-cach')
  expect(code).toBe(2)
  expect(err).toContain('9 settings are wrong (bad_settings)')
  expect(err).toContain(
    'PETREL_PORT "tcp://10.0.0.1:80" does not fit: it takes a whole number from 0 to 65535;',
  )
  expect(err).toContain('set enableServiceLinks to false')
  expect(err).toContain('PETREL_SLOW_CONSUMER_BYTES "1" does not fit: it takes a whole number from 65536')
  expect(err).toContain('PETREL_PRODUCER_TOKEN with a value that is not shown')
  expect(err).toContain('PETREL_LOGLEVEL is no setting: did you mean PETREL_LOG_LEVEL?')
  expect(err).toContain('OTEL_TRACES_EXPORTER "jaeger" is no exporter: it takes otlp, console, none')
  expect(err).toContain('PETREL_METRIC_PORT is no setting: did you mean PETREL_METRICS_PORT?')
  expect(err).not.toMatch(/too-short|hunter2|SERVICE_PORT|SERVER_PORT|K6/)
})

test('a variable that nothing reads is mentioned, and stops nothing', async () => {
  const { code, err } = await transcriptIn({ PETREL_QWERTYUIOP: '1' }, 'config')
  expect({ code, err }).toEqual({ code: 0, err: 'petrel: nothing reads PETREL_QWERTYUIOP\n' })
})

test('what a person typed is escaped where it is shown', async () => {
  const { err } = await transcript('load', '\u001b[31mred')
  expect(err).not.toContain('\u001b')
  expect(err).toContain('red')
})

test("a tool's variable that names another file: doctor and the commands that need it say the same, with 2", async () => {
  const env = { PETREL_K6: '/bin/true', PATH: '' }
  const looked = await transcriptIn(env, 'doctor')
  expect(looked.code).toBe(2)
  expect(looked.out).toContain('k6: PETREL_K6=/bin/true is not k6')
  expect(looked.out).toContain('cannot run here')
  const loaded = await transcriptIn(env, 'load', 'healthy')
  expect(loaded.code).toBe(2)
  expect(loaded.err).toContain('PETREL_K6=/bin/true is not k6')
})

test('a load that the machine cannot make is refused before anything starts', async () => {
  const { code, err } = await transcript('load', 'many-tasks', '--clients', '20000')
  expect(code).toBe(3)
  expect(err).toMatch(/200000 sockets .*\(machine_too_small\)/)
  expect(err).toContain('--clients')
})

test('a gate looks before its first scenario whether the machine can make all of them', async () => {
  const { code, err } = await transcript('gate', 'healthy', 'many-tasks', '--clients', '15000')
  expect(code).toBe(3)
  expect(err).toMatch(/many-tasks: 150000 sockets .*\(machine_too_small\)/)
})

test('config --gate shows what each scenario is held to and where that was set', async () => {
  const { code, out, err } = await transcript('config', '--gate')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(
    /^healthy +steady\/served +usable \/ attempts +>= 0.99 +>= 0.999 +attempts >= 5 +catalogue$/m,
  )
  const json = await transcript('config', '--gate', '--json')
  expect(Object.keys(JSON.parse(json.out))).toContain('healthy')
})
