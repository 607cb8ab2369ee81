import { styleText } from 'node:util'
import { type CheckResult, look } from '#check'
import { EXIT } from '#core'
import type { Io } from '../io.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

interface CheckOptions {
  path?: string
  task?: string
  json?: true
}

export const check = defineCommand<CheckOptions>({
  name: 'check',
  summary: 'Look at any stream server for five seconds: right and wrong paths, closes, heartbeat.',
  example: "petrel check ws://127.0.0.1:3000 --path '/ws/{taskId}'",
  define(command) {
    command
      .argument('<url>', 'its address, as http://127.0.0.1:8080 or ws://127.0.0.1:3000/ws/{taskId}')
      .option('--path <template>', 'path of the stream, {taskId} where the task stands')
      .option('--task <id>', 'a task that the server knows; on a server of ours one is created')
      .option('--json', 'print the result as JSON')
  },
  async run(options, [url = ''], io) {
    const result = await look({
      url,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.task === undefined ? {} : { task: options.task }),
      signal: io.signal,
    })
    io.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${describe(result, io).join('\n')}\n`)
    return result.verdict === 'held' ? EXIT.held : EXIT.didNotHold
  },
})

const MARKS = { good: 'ok', note: 'note', wrong: 'WRONG', left_out: '-' } as const
const COLOURS = { good: 'green', note: 'yellow', wrong: 'red', left_out: 'dim' } as const
/** Columns of a cell; longer text is cut, and whole in the JSON. */
const CELL = 44

function describe(result: CheckResult, io: Io): string[] {
  const cut = (text: string) => (text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text)
  const rows = result.rows.map(({ look: tried, path, seen, meaning, level }) => [
    MARKS[level],
    tried,
    cut((path ?? '').replace(result.task.id, '{taskId}')),
    cut(seen),
    meaning,
  ])
  const [head = '', line = '', ...body] = tableLines([
    ['', 'tried', 'path', 'seen', 'what it means'],
    ...rows,
  ])
  const coloured = body.map((text, index) => {
    const level = result.rows[index]?.level
    return io.colour && level ? styleText(COLOURS[level], text) : text
  })
  const wrong = result.rows.filter(({ level }) => level === 'wrong').length
  const task = {
    created: 'a task was created for it',
    given: `it followed the task ${result.task.id}`,
    invented: 'it knew no task of the server (--task names one)',
  }[result.task.source]
  return [
    head,
    line,
    ...coloured,
    '',
    `${result.target}${result.path}: ${wrong === 0 ? 'nothing that would harm clients' : `${wrong} of ${rows.length} would harm clients`}; ${task}`,
  ]
}
