import type { Scenario } from '#catalog'
import { type Clock, errorText, PetrelError } from '#core'
import { type OwnedProcess, startProcess } from '#stack'
import { type BadReaderFigures, connectBadReaders, readerUrls } from './bad-readers.ts'
import { openFrontDoor } from './front-door.ts'
import { createTask, PACE_MS, putFault } from './server-requests.ts'

export interface CauseOptions {
  scenario: Scenario
  targets: readonly string[]
  pathTemplate: string
  /** Takes the place of what the scenario would do; a text is seen as the shell sees it. */
  command: string | (() => Promise<unknown>) | undefined
  cwd: string
  /** When the fault begins and ends, in milliseconds since the Unix epoch. */
  fault: { from: number; to: number }
  /** When the crowd must have ended, in milliseconds since the Unix epoch. */
  recoveryTo: number
  clock: Pick<Clock, 'wall' | 'after'>
  signal: AbortSignal
}

/** A task that the crowd and others follow together. */
export interface SharedTask {
  taskId: string
  /** When it will have ended, in milliseconds since the Unix epoch. */
  endsAt: number
  /** Time between two of its events, in milliseconds. */
  paceMs: number
}

/** What makes the fault of a scenario happen, beside its crowd. */
export interface RunningCause extends AsyncDisposable {
  /** Where the crowd dials: the targets, or the doors before them. */
  targets: readonly string[]
  /** A task that is followed beside the crowd, for the crowd to share. */
  shared?: SharedTask
  /** Takes the fault back and says what could not be done: a fault that never was proves nothing. */
  finish(): Promise<{ problems: string[]; badReaders: BadReaderFigures | null }>
}

/**
 * Prepares the fault and causes it in its time.
 * @throws PetrelError `bad_option` when only a command could cause it and there is none.
 */
export async function startCause(options: CauseOptions): Promise<RunningCause> {
  const { scenario, targets, command } = options
  const { cause } = scenario
  if (command !== undefined) return byCommand(options, command)
  switch (cause.by) {
    case 'crowd':
      return { targets, finish: async () => nothing, [Symbol.asyncDispose]: async () => {} }
    case 'command':
      throw new PetrelError('bad_option', `${scenario.name} needs a command that ${cause.does}`, {
        hint: "give it with --fault-command, as --fault-command 'kubectl rollout restart deployment/stream'",
      })
    case 'server':
      return bySwitch(options, cause.fault, cause.variants)
    case 'front-door': {
      const doors = await Promise.all(targets.map(target => openFrontDoor(target, options.clock)))
      const stop = schedule(options, [
        { at: options.fault.from, run: () => doors.forEach(door => void door.refuse(cause.answers)) },
        { at: options.fault.to, run: () => doors.forEach(door => void door.pass()) },
      ])
      const close = async () => {
        stop()
        for (const door of doors) await door[Symbol.asyncDispose]()
      }
      return {
        targets: doors.map(({ url }) => url),
        finish: async () => nothing,
        [Symbol.asyncDispose]: close,
      }
    }
    case 'bad-readers':
      return byBadReaders(options, cause.readers, cause.reads)
  }
}

const nothing = { problems: [] as string[], badReaders: null }

interface Step {
  at: number
  run: () => unknown
}

/** Does each step in its time; returns what stops the rest. */
function schedule({ clock }: CauseOptions, steps: readonly Step[]): () => void {
  const timers = steps.map(({ at, run }) => clock.after(Math.max(0, at - clock.wall()), () => void run()))
  return () => {
    for (const timer of timers) timer[Symbol.dispose]()
  }
}

function bySwitch(options: CauseOptions, fault: string, variants: readonly string[]): RunningCause {
  const { targets } = options
  const problems: string[] = []
  let isOn = false
  const put = async (variant: string) => {
    isOn = variant !== 'off'
    for (const target of targets) {
      try {
        await putFault(target, fault, variant)
      } catch (error) {
        problems.push(`${target} did not put its fault switch ${fault} on ${variant}: ${errorText(error)}`)
      }
    }
  }
  const { from, to } = options.fault
  const slice = (to - from) / variants.length
  let last = Promise.resolve()
  const inTurn = (variant: string) => {
    last = last.then(() => put(variant))
  }
  const stop = schedule(options, [
    ...variants.map((variant, turn) => ({ at: from + turn * slice, run: () => inTurn(variant) })),
    { at: to, run: () => inTurn('off') },
  ])
  const off = async () => {
    stop()
    if (isOn) inTurn('off')
    await last
  }
  return {
    targets,
    async finish() {
      await off()
      return { problems, badReaders: null }
    },
    [Symbol.asyncDispose]: off,
  }
}

function byCommand(options: CauseOptions, command: string | (() => Promise<unknown>)): RunningCause {
  const { targets, signal, cwd, clock, recoveryTo } = options
  const problems: string[] = []
  let running: Promise<void> | undefined
  let child: OwnedProcess | undefined
  let isOver = false
  let isEnded = false
  const runInShell = async (script: string) => {
    child = await startProcess({
      name: 'the fault command',
      command: 'sh',
      args: ['-c', script],
      cwd,
      env: { PETREL_TARGETS: targets.join(',') },
      signal,
    })
    const { code, signal: endedBy } = await child.exited
    if (isEnded) return
    const how = endedBy ?? `exit ${code}`
    if (code !== 0) problems.push([`the fault command failed (${how})`, ...child.tail().slice(-3)].join(': '))
  }
  const run = async () => {
    if (typeof command === 'string') await runInShell(command)
    else await command()
  }
  const end = async () => {
    isEnded = true
    await child?.stop()
  }
  const stop = schedule(options, [
    {
      at: options.fault.from,
      run: () => {
        running = run()
          .catch(error => void problems.push(`the fault command did not run: ${errorText(error)}`))
          .then(() => {
            isOver = true
          })
      },
    },
    {
      at: options.fault.to,
      run: () => {
        if (!isOver)
          problems.push(
            'the fault command still ran when the fault phase was over: make it longer with --fault',
          )
      },
    },
  ])
  return {
    targets,
    async finish() {
      if (running === undefined) problems.push('the fault command was never due')
      // One that never ends would keep the run for ever. That it took too long is told already.
      const limit = clock.after(Math.max(0, recoveryTo - clock.wall()), () => void end())
      await running
      limit[Symbol.dispose]()
      return { problems, badReaders: null }
    },
    async [Symbol.asyncDispose]() {
      stop()
      await end()
    },
  }
}

/** The task of bad readers ends after this part of the recovery. */
const OUTLIVES = 0.3

async function byBadReaders(
  options: CauseOptions,
  count: number,
  reads: 'nothing' | 'little',
): Promise<RunningCause> {
  const { targets, clock, fault, signal } = options
  const target = targets[0] ?? ''
  // One task that outlives the fault, told fast: what is not read piles up. Its end would close who is to be closed
  // for being silent; and the crowd follows it too, for one bad reader must not hold up the others.
  const endsAt = fault.to + OUTLIVES * (options.recoveryTo - fault.to)
  const created = await createTask(target, endsAt - clock.wall(), signal)
  const taskId = created ?? 'petrel-load'
  const readers = connectBadReaders(readerUrls(target, options.pathTemplate, taskId, count), reads, clock)
  let figures: Promise<BadReaderFigures> | undefined
  const end = () => {
    figures ??= readers.end()
    return figures
  }
  const stop = schedule(options, [
    { at: fault.from, run: () => readers.begin() },
    { at: fault.to, run: end },
  ])
  return {
    targets,
    ...(created === undefined ? {} : { shared: { taskId, endsAt, paceMs: PACE_MS } }),
    async finish() {
      return { problems: [], badReaders: await end() }
    },
    async [Symbol.asyncDispose]() {
      stop()
      await readers[Symbol.asyncDispose]()
    },
  }
}
