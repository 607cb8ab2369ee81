import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { parse } from 'yaml'
import { withScope } from '#core'
import { startReferenceServer } from '#run'
import { startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Step {
  name?: string
  uses?: string
  run?: string
  with?: Record<string, string>
}

/** Writes the files for a server, and runs the gate of the workflow by the action's own commands. */
async function initAndGate(url: string, scenarios: string) {
  await requireTool('k6')
  const folder = mkdtempSync(join(tmpdir(), 'petrel-init-'))
  try {
    using init = startCommand(['init', url], { cwd: folder })
    expect(await init.exited, init.err()).toBe(0)
    const workflow = parse(readFileSync(join(folder, '.github/workflows/petrel.yml'), 'utf8'))
    const steps = workflow.jobs.gate.steps as Step[]
    const start = steps.find(({ name }) => name === 'Start the server')
    // The server is there already: what is run is the wait for it.
    const env = { ...workflow.jobs.gate.env, START: 'true' }
    await execa('bash', ['-eo', 'pipefail', '-c', start?.run ?? 'false'], { cwd: folder, env })
    const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'))
    const inputs = { ...steps.find(({ uses }) => uses?.startsWith('petrel-dev/petrel@'))?.with, scenarios }
    const gate = (action.runs.steps as (Step & { env: Record<string, string> })[])[0]
    const variables = Object.entries(gate?.env ?? {}).map(([name, text]) => {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text)?.[1]
      const value = input === undefined ? '' : (inputs[input as 'scenarios'] ?? action.inputs[input].default)
      return [name, name === 'PETREL_HOME' ? ROOT : value.startsWith('${{') ? '' : value]
    })
    const ran = await execa('bash', ['-eo', 'pipefail', '-c', gate?.run ?? 'false'], {
      cwd: folder,
      env: Object.fromEntries(variables),
      reject: false,
      all: true,
    })
    const result = JSON.parse(readFileSync(join(folder, 'petrel-gate/result.json'), 'utf8'))
    return { code: ran.exitCode, output: ran.all, result }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.concurrent('the reference server: what init writes is read and held by the gate, at both ends', async () => {
  await withScope(async scope => {
    const { url } = scope.use(
      await startReferenceServer({ name: 'server', signal: new AbortController().signal }),
    )
    const { code, output, result } = await initAndGate(url, 'healthy')
    expect(code, output).toBe(0)
    expect(result).toMatchObject({ verdict: 'held', target: url, leftOut: [] })
  })
})

test.concurrent('a plain ws server: the same, from the clients alone, also over a drop of all of them', async () => {
  const http = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', socket => socket.send('{"type":"progress"}'))
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  try {
    const at = `127.0.0.1:${(http.address() as AddressInfo).port}`
    const { code, output, result } = await initAndGate(`ws://${at}/live/{taskId}`, 'mass-drop')
    expect(code, output).toBe(0)
    expect(result).toMatchObject({ verdict: 'held', target: `http://${at}` })
    expect(result.leftOut).toHaveLength(7)
  } finally {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  }
})
