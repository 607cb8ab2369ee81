import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { look } from '#check'
import { EXIT, errorText, PetrelError } from '#core'
import { missingMetrics, scrape } from '#gate'
import { STREAM_PATH } from '#protocol'
import { CONFIG_FILE } from '../gate-config.ts'
import { configFile } from '../init/config-file.ts'
import type { Seen } from '../init/seen.ts'
import { WORKFLOW_FILE, workflowFile } from '../init/workflow-file.ts'
import type { Io } from '../io.ts'
import { defineCommand } from './define.ts'

interface InitOptions {
  path?: string
  task?: string
  metrics?: string
  start: string
  force?: true
}

export const init = defineCommand<InitOptions>({
  name: 'init',
  summary: 'Look at a stream server as `petrel check` does, and write a petrel.yaml and a workflow for it.',
  example: "petrel init ws://127.0.0.1:3000 --path '/ws/{taskId}' --start 'npm start'",
  define(command) {
    command
      .argument('<url>', 'its address, as http://127.0.0.1:8080 or ws://127.0.0.1:3000/ws/{taskId}')
      .option('--path <template>', 'path of the stream, {taskId} where the task stands')
      .option('--task <id>', 'a task that the server knows, to look at')
      .option('--metrics <url>', 'its metrics page (default: /metrics, when that has ours)')
      .option('--start <command>', 'how the workflow starts the server', 'npm start')
      .option('--force', 'write over files that are there')
  },
  async run(options, [url = ''], io) {
    if (!options.force) await mustBeAbsent([CONFIG_FILE, WORKFLOW_FILE], io)
    const seen = await lookAt(url, options, io)
    await write(CONFIG_FILE, configFile(seen), io)
    await write(WORKFLOW_FILE, workflowFile(seen, options.start), io)
    io.err('petrel gate plays it; petrel config --gate shows what it is held to\n')
    return EXIT.held
  },
})

/** @throws PetrelError `file_exists` */
async function mustBeAbsent(names: readonly string[], { cwd }: Io): Promise<void> {
  for (const name of names) {
    if (!existsSync(resolve(cwd, name))) continue
    throw new PetrelError('file_exists', `${name} is there already; nothing was written`, {
      hint: '--force writes over it; what you changed in it is lost then',
    })
  }
}

/** @throws PetrelError `target_unreachable` when no stream opens: a gate on it would prove nothing */
async function lookAt(url: string, { path, task, metrics }: InitOptions, io: Io): Promise<Seen> {
  const found = await look({
    url,
    ...(path === undefined ? {} : { path }),
    ...(task === undefined ? {} : { task }),
    signal: io.signal,
  })
  const right = found.rows.find(({ look: tried }) => tried === 'right path')
  if (right?.level !== 'good') {
    throw new PetrelError(
      'target_unreachable',
      `no stream opens at ${found.target}${found.path}: ${right?.seen}`,
      {
        hint: 'name its path with --path, as /ws/{taskId}; petrel check shows more',
      },
    )
  }
  if (!found.path.includes('{taskId}')) {
    throw new PetrelError('bad_option', `the path "${found.path}" has no task id`, {
      hint: 'write it as /ws/{taskId}: each client of the gate follows a task of its own',
    })
  }
  const page = metrics ?? `${found.target}/metrics`
  const isThere = await hasOurs(page, io.signal)
  if (metrics !== undefined && !isThere) {
    throw new PetrelError('metrics_unreachable', `no metrics of Petrel at ${metrics}`, {
      hint: 'leave --metrics away to judge the end of the clients alone',
    })
  }
  return {
    target: found.target,
    path: found.path,
    isOurs: found.path === STREAM_PATH && found.task.source === 'created',
    metrics: isThere ? page : undefined,
    rows: found.rows,
  }
}

async function hasOurs(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return missingMetrics(await scrape(url, signal)).length === 0
  } catch {
    signal.throwIfAborted()
    return false
  }
}

async function write(name: string, text: string, io: Io): Promise<void> {
  const file = resolve(io.cwd, name)
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (cause) {
    throw new PetrelError('out_unwritable', `cannot write to ${name}: ${errorText(cause)}`)
  }
  io.out(`${name}\n`)
}
