import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CommandRun, startCommand } from '../support/command.ts'
import { proofFolder, proofTools, prove } from '../support/prove.ts'
import { requireTool } from '../support/require-tool.ts'

/** A Prometheus that gets a metric of the servers under another name than the catalogue has. */
async function prometheusThatRenames(metric: string): Promise<string> {
  const path = join(proofFolder, 'prometheus')
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
  await proofTools()
  const interrupted = async () => {
    // Its proxy has to cut streams for twenty seconds more: nobody waits for that.
    using command = startCommand([
      'prove',
      '--only',
      'streams-cut',
      '--out',
      join(proofFolder, 'interrupted'),
    ])
    await command.says('fault: ')
    const began = performance.now()
    command.signal('SIGINT')
    expect(await command.exited).toBe(130)
    expect(performance.now() - began).toBeLessThan(12_000)
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
      expect.stringMatching(
        /^docs\/runbooks\/WsFlapping\.md is stale: `.*ws_sessions_total.*` had no data in flapping-client$/,
      ),
    ]),
  )
  // What the other alerts read is there: they hold.
  expect(renamed.result.failures.join()).not.toMatch(/(WsReconnectStorm|WsClientLooping) \(/)

  expect(killed.code).toBe(0)
  expect(killed.result.runs).toHaveLength(1)
  expect(killed.result.runs[0]).toMatchObject({ plays: 2, problems: [] })
})
