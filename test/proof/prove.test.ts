import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, expect, test } from 'vitest'
import { ALERTS } from '#catalog'
import { type ProofResult, proofResultSchema } from '#prove'
import { type CommandRun, startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'petrel-prove-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tools = () =>
  Promise.all((['k6', 'prometheus', 'alertmanager', 'redis-server'] as const).map(requireTool))

/** What the published JSON Schema finds wrong with a result: the file that other programs are written for. */
function violations(result: unknown): string[] {
  const schema = join(import.meta.dirname, '../../docs/reference/schemas/proof-result.schema.json')
  const ajv = new Ajv2020({ allErrors: true })
  addFormats.default(ajv)
  const isValid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')))
  return isValid(result)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

interface Proved {
  code: number
  text: string
  result: ProofResult
}

async function prove(
  name: string,
  args: readonly string[],
  {
    env = {},
    meanwhile,
  }: { env?: Record<string, string>; meanwhile?: (run: CommandRun) => Promise<void> } = {},
): Promise<Proved> {
  const out = join(folder, name)
  using command = startCommand(['prove', ...args, '--out', out], { env })
  await meanwhile?.(command)
  const code = await command.exited
  process.stderr.write(command.err())
  expect(command.left()).toEqual([])
  expect(command.leftFiles()).toEqual([])
  const written = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
  expect(violations(written)).toEqual([])
  return { code, text: command.out(), result: proofResultSchema.parse(written) }
}

test('every alert fires and resolves by a real scenario, and none where it must be silent', async () => {
  await tools()
  const { code, text, result } = await prove('ci', ['--suite', 'ci'])
  expect(result.failures).toEqual([])
  expect(code).toBe(0)
  expect(text).toContain('The alerts: held')
  expect(new Set(result.alerts.map(({ alert }) => alert))).toEqual(new Set(ALERTS.map(({ name }) => name)))
  for (const { alert, severity, verdict, firedIn, silentCells } of result.alerts) {
    expect([alert, severity, verdict]).toEqual([alert, severity, 'held'])
    expect(firedIn.length).toBeGreaterThan(0)
    expect(silentCells).toBeGreaterThanOrEqual(3)
  }
  for (const score of result.scores) {
    expect(score).toMatchObject({ precision: 1, recall: 1, falsePositives: 0, falseNegatives: 0 })
  }
  const metrics = readFileSync(join(folder, 'ci', 'proof.prom'), 'utf8')
  expect(metrics.match(/^petrel_proof_held\{.*\} 1$/gm)).toHaveLength(result.alerts.length)
}, 1_200_000)

/** A Prometheus that gets a metric of the servers under another name than the catalogue has. */
async function prometheusThatRenames(metric: string): Promise<string> {
  const path = join(folder, 'prometheus')
  const rename = `metric_relabel_configs: [{ source_labels: [__name__], regex: ${metric}, target_label: __name__, replacement: renamed_total }]`
  const script = `#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --config.file=*) sed -i 's/^  - job_name: .*/&\\n    ${rename}/' "\${argument#--config.file=}" ;;
  esac
done
exec ${await requireTool('prometheus')} "$@"
`
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  return path
}

/** Kills the Prometheus of a command once, while its drill is under way. */
async function killPrometheus(command: CommandRun): Promise<void> {
  await command.says('warm-up')
  const [pid] = [...command.started()].find(([, line]) => line.includes('prometheus-data')) ?? []
  if (pid === undefined) throw new Error('the command started no Prometheus')
  process.kill(pid, 'SIGKILL')
}

test('a metric that the servers have renamed, a Prometheus that is killed, and Ctrl-C', async () => {
  await tools()
  const interrupted = async () => {
    using command = startCommand(['prove', '--only', 'wrong-path', '--out', join(folder, 'interrupted')])
    await command.says('warm-up')
    command.signal('SIGINT')
    expect(await command.exited).toBe(130)
    expect(command.left()).toEqual([])
    expect(command.leftFiles()).toEqual([])
  }
  const [renamed, killed] = await Promise.all([
    prove('renamed', ['--only', 'flapping-client'], {
      env: { PETREL_PROMETHEUS: await prometheusThatRenames('ws_sessions_total') },
    }),
    prove('killed', ['--only', 'healthy'], { meanwhile: killPrometheus }),
    interrupted(),
  ])

  expect(renamed.code).toBe(1)
  expect(renamed.result.failures).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^flapping-client: the server has no metric ws_sessions_total, which .*WsSessionBudgetBurn.*WsFlapping.* read$/,
      ),
      'flapping-client: WsFlapping (critical): it did not fire',
    ]),
  )
  // What the other alerts read is there: they hold.
  expect(renamed.result.failures.join()).not.toMatch(/WsReconnectStorm|WsClientLooping/)

  expect(killed.code).toBe(0)
  expect(killed.result.runs).toHaveLength(1)
  expect(killed.result.runs[0]).toMatchObject({ plays: 2, problems: [] })
})
