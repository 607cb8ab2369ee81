import { PetrelError } from '#core'
import { isUseful, STREAM_PATH, streamPath, TASKS_PATH } from '#protocol'
import { type Answer, dial, outside, plainGet } from './dial.ts'
import * as meaning from './meaning.ts'
import { wrongPathsOf } from './near-misses.ts'
import type { CheckResult } from './result.ts'

export interface LookOptions {
  /** As a person writes it: scheme, host, port, and perhaps the path of the stream. */
  url: string
  /** Path template of the stream, `{taskId}` where the task stands; takes the place of the URL's own. */
  path?: string
  /** A task that the server knows. */
  task?: string
  signal: AbortSignal
}

/** How long the right path is watched, in milliseconds: the whole look takes little more. */
const WATCH_MS = 4_200
/** Limit of every handshake, and how long other connections are watched. */
const ANSWER_MS = 2_500
const SIDE_WATCH_MS = 2_200
/** Clients that leave as soon as they are in. */
const LEAVERS = 5
/** The task that is created on a server of ours ends while it is watched. */
const TASK = { kind: 'roadmap_generation', steps: 4, pace_ms: 600 }

interface Target {
  /** `http://host:port` */
  origin: string
  template: string
}

/**
 * Looks at a stream server as its clients would, good and bad ones, for about five seconds.
 * @throws PetrelError `bad_target` for what is no address, `target_unreachable` when nothing listens there.
 */
export async function look(options: LookOptions): Promise<CheckResult> {
  const { signal } = options
  const { origin, template } = readTarget(options)
  const ours = template === STREAM_PATH && options.task === undefined
  const talks = await mustListen(origin, signal)
  const created = ours && talks ? await createTask(origin, signal) : undefined
  const task = created ?? options.task ?? 'petrel-check-task'
  const query = created === undefined ? {} : { includeHistory: true, clientId: 'petrel-check' }
  const right = streamPath(task, query, template)
  const base = origin.replace(/^http/, 'ws')
  const to = (path: string, watchMs: number, send?: string) =>
    dial(base + path, {
      answerMs: ANSWER_MS,
      watchMs,
      isUseful,
      signal,
      ...(send === undefined ? {} : { send }),
    })

  const wrong = wrongPathsOf(streamPath(task, {}, template), task)
  const unknown = streamPath('petrel-check-no-such-task', {}, template)
  const leaving = async () => {
    const answers = await Promise.all(Array.from({ length: LEAVERS }, () => to(right, 0)))
    return {
      answers,
      afterwards: answers.some(one => one.kind === 'accepted') ? await to(right, 0) : undefined,
    }
  }
  const [watched, get, nonsense, left, unknownAnswer, ...wrongAnswers] = await Promise.all([
    to(right, WATCH_MS),
    plainGet(origin + right, ANSWER_MS, signal),
    to(right, SIDE_WATCH_MS, '{"type":'),
    leaving(),
    template.includes('{taskId}') ? to(unknown, SIDE_WATCH_MS) : undefined,
    ...wrong.map(({ path }) => to(path, SIDE_WATCH_MS)),
  ])
  signal.throwIfAborted()

  const rows: CheckResult['rows'] = []
  const add = (look: string, path: string | null, finding: meaning.Finding) =>
    rows.push({ look, path: path === null ? null : outside(path), ...finding })
  const notOpen = {
    seen: '-',
    meaning: 'not looked at: the right path does not open',
    level: 'left_out',
  } as const
  const session = watched.kind === 'accepted' ? watched.session : undefined
  add('right path', right, meaning.rightPath(watched))
  add('first message', null, session ? meaning.firstMessage(session, created !== undefined) : notOpen)
  add('heartbeat', null, session ? meaning.heartbeat(session, session.close?.afterMs ?? WATCH_MS) : notOpen)
  add('end of the task', null, session ? meaning.endOfTask(session) : notOpen)
  add(
    'leaves at once',
    null,
    left.afterwards ? meaning.leavingAtOnce(left.answers, left.afterwards) : notOpen,
  )
  add('nonsense frame', null, session ? meaning.nonsenseFrame(nonsense) : notOpen)
  add('plain GET', null, meaning.plainRequest(get))
  if (unknownAnswer) add('unknown task', unknown, meaning.unknownTask(unknownAnswer))
  for (const [index, { miss, path }] of wrong.entries()) {
    const answer = wrongAnswers[index]
    if (answer) add(`wrong path: ${miss.replaceAll('_', ' ')}`, path, meaning.wrongPath(answer))
  }
  const all: Answer[] = [
    watched,
    nonsense,
    ...left.answers,
    ...wrongAnswers.filter(answer => answer !== undefined),
  ]
  add('close codes', null, meaning.closeCodes(unknownAnswer ? [...all, unknownAnswer] : all))
  return {
    schema: 'petrel.check/1',
    target: origin,
    path: template,
    task: { id: task, source: created ? 'created' : options.task === undefined ? 'invented' : 'given' },
    verdict: rows.some(({ level }) => level === 'wrong') ? 'did_not_hold' : 'held',
    rows,
  }
}

/** Takes `ws://host:port/ws/{taskId}` apart; the URL class would escape the braces. */
function readTarget({ url, path }: LookOptions): Target {
  const [, scheme = '', authority = '', rest = ''] = /^(https?|wss?):\/\/([^/?#]+)([^#]*)/i.exec(url) ?? []
  const origin = `${scheme.toLowerCase().replace('ws', 'http')}://${authority}`
  if (scheme === '' || !URL.canParse(origin)) {
    throw new PetrelError('bad_target', `"${url}" is not the address of a server`, {
      hint: 'write scheme, host and port, as http://127.0.0.1:8080, and its path where it is another: ws://host/ws/{taskId}',
    })
  }
  const template = path ?? (rest === '' || rest === '/' ? STREAM_PATH : rest)
  if (!template.startsWith('/')) {
    throw new PetrelError('bad_option', `--path "${template}" does not begin with a slash`, {
      hint: 'write it as /ws/{taskId}',
    })
  }
  return { origin: new URL(origin).origin, template }
}

/** False for a server that takes the connection and says nothing; one that is not there is worth no table. */
async function mustListen(origin: string, signal: AbortSignal): Promise<boolean> {
  const answer = await plainGet(`${origin}/`, ANSWER_MS, signal)
  signal.throwIfAborted()
  if (
    answer.kind === 'broken' &&
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(answer.text)
  ) {
    throw new PetrelError('target_unreachable', `nothing answers at ${origin}: ${answer.text}`, {
      hint: 'start the server first, and look at its host and port',
    })
  }
  return answer.kind !== 'silent'
}

/** A task to follow, where the server is ours; nothing where it has no such API. */
async function createTask(origin: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(origin + TASKS_PATH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(TASK),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    })
    if (response.status !== 202) {
      await response.body?.cancel()
      return undefined
    }
    const { task_id } = (await response.json()) as { task_id?: unknown }
    return typeof task_id === 'string' ? task_id : undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
