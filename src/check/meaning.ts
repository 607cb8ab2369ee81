import { closeVerdict, isTerminal } from '#protocol'
import type { Answer, Session } from './dial.ts'

export type Level = 'good' | 'note' | 'wrong' | 'left_out'

/** What was seen, what it means for the people behind the clients, and how bad that is. */
export interface Finding {
  seen: string
  meaning: string
  level: Level
}

/** A first message that comes later counts as none for the session's indicator, in milliseconds. */
const FIRST_MESSAGE_MS = 2_000

/** What was seen, in a few words. */
function seenOf(answer: Answer): string {
  switch (answer.kind) {
    case 'silent':
      return 'no answer'
    case 'broken':
      return answer.text
    case 'refused': {
      const what = answer.location ?? answer.body ?? answer.contentType
      return what === undefined ? String(answer.status) : `${answer.status} ${what}`
    }
    case 'accepted': {
      const { frames, frameCount, close, error } = answer.session
      const types = frames.slice(0, 4).join(', ')
      const more = frameCount > 4 ? `, … (${frameCount} frames)` : ''
      const end = error ? `, ${error}` : close ? `, closed ${closeText(close)}` : ''
      return `101, ${types === '' ? 'no frame' : types + more}${end}`
    }
  }
}

const closeText = ({ code, reason }: { code: number; reason: string }) =>
  `${code}${reason === '' ? '' : ` "${reason}"`}`

/** What a refused handshake says, wherever it was dialled. */
function refusalMeaning({ status, contentType }: Answer & { kind: 'refused' }): string {
  if (status >= 300 && status < 400) return 'a redirect, which WebSocket clients do not follow'
  if (status === 200 || contentType?.startsWith('text/html')) {
    return 'a web page answers: a front end, or a proxy that does not pass WebSockets on'
  }
  switch (status) {
    case 400:
      return "not accepted as a handshake; the `ws` library's own answer to a path that it does not serve"
    case 401:
      return 'it asks for a login'
    case 403:
      return "this client may not connect; also Starlette's answer to a path that it does not serve"
    case 404:
      return 'no stream is served here'
    case 426:
      return 'the Upgrade header did not arrive: a proxy lost it on the way'
    case 429:
      return 'too many attempts: this client must wait'
    case 503:
      return 'the server is too busy, or it is going away'
    default:
      return status >= 500 ? 'the server failed' : 'the handshake was refused'
  }
}

export function rightPath(answer: Answer): Finding {
  const seen = seenOf(answer)
  switch (answer.kind) {
    case 'accepted':
      return { seen, meaning: 'the stream is here', level: 'good' }
    case 'refused':
      return {
        seen,
        meaning: `${refusalMeaning(answer)}; is it the right path? --path says another`,
        level: 'wrong',
      }
    case 'broken':
      return { seen, meaning: 'no handshake came back; is it the right path and port?', level: 'wrong' }
    case 'silent':
      return { seen, meaning: 'a client hangs here until its own time limit', level: 'wrong' }
  }
}

/** Five different answers to a wrong path exist in the wild: only some of them tell the client to stop. */
export function wrongPath(answer: Answer): Finding {
  const seen = seenOf(answer)
  if (answer.kind === 'silent') {
    return { seen, meaning: 'a client on a wrong path hangs until its own time limit', level: 'wrong' }
  }
  if (answer.kind === 'broken') {
    return { seen, meaning: 'looks like a network fault, so clients come back', level: 'note' }
  }
  if (answer.kind === 'refused') {
    const { status } = answer
    if (status === 404) {
      return {
        seen,
        meaning: 'refused and named; a browser sees only 1006, so the server must count it',
        level: 'good',
      }
    }
    return { seen, meaning: refusalMeaning(answer), level: status === 400 ? 'good' : 'note' }
  }
  const { session } = answer
  if (wasServed(session)) {
    return { seen, meaning: 'served here too, which hides the mistake', level: 'note' }
  }
  if (session.close) return closedAfterOpen(seen, session.close.code)
  return { seen, meaning: 'accepted in silence: the client believes that it is connected', level: 'wrong' }
}

export function unknownTask(answer: Answer): Finding {
  const seen = seenOf(answer)
  if (answer.kind === 'silent') {
    return { seen, meaning: 'a client hangs here until its own time limit', level: 'wrong' }
  }
  if (answer.kind === 'broken')
    return { seen, meaning: 'looks like a network fault: clients come back', level: 'note' }
  if (answer.kind === 'refused') {
    return {
      seen,
      meaning: `${refusalMeaning(answer)}; a browser sees only 1006 and may come back for ever`,
      level: 'note',
    }
  }
  const { session } = answer
  if (wasServed(session)) {
    return { seen, meaning: 'any task id is served: nobody learns that a task is gone', level: 'note' }
  }
  if (session.close) return closedAfterOpen(seen, session.close.code)
  return { seen, meaning: 'accepted in silence: the page waits for a task that is not there', level: 'wrong' }
}

/** The stream spoke, and was open for as long as it was watched or to the end of its task. */
function wasServed({ firstUsefulMs, lastFrame, close }: Session): boolean {
  const hasEnded = close?.code === 1000 && lastFrame !== undefined && isTerminal(lastFrame)
  return firstUsefulMs !== undefined && (close === undefined || hasEnded)
}

function closedAfterOpen(seen: string, code: number): Finding {
  const verdict = closeVerdict(code)
  if (verdict === 'stay_away') {
    return { seen, meaning: 'accepted, then closed with a code that a browser can read', level: 'good' }
  }
  if (verdict === 'ended') {
    return { seen, meaning: 'closed as if all had ended well: nobody learns what was wrong', level: 'note' }
  }
  return { seen, meaning: 'this code says come back: the client dials again without end', level: 'wrong' }
}

export function plainRequest(answer: Answer): Finding {
  const seen = seenOf(answer)
  if (answer.kind === 'silent')
    return { seen, meaning: 'an ordinary request hangs here: probes do too', level: 'wrong' }
  if (answer.kind !== 'refused')
    return { seen, meaning: 'an ordinary request gets no HTTP answer', level: 'note' }
  if (answer.status === 426) {
    return { seen, meaning: 'it says what is missing: the Upgrade header', level: 'good' }
  }
  if (answer.status === 200) return { seen, meaning: refusalMeaning(answer), level: 'note' }
  return { seen, meaning: 'what a client gets when a proxy loses its Upgrade header', level: 'good' }
}

export function firstMessage(session: Session, mustCome: boolean): Finding {
  const { firstUsefulMs, firstFrameMs } = session
  if (firstUsefulMs !== undefined) {
    const late = firstUsefulMs > FIRST_MESSAGE_MS
    return {
      seen: `after ${firstUsefulMs} ms`,
      meaning: late ? 'later than 2 s: the session counts as silent' : 'the stream speaks in time',
      level: late ? 'wrong' : 'good',
    }
  }
  const greeted = firstFrameMs === undefined ? 'none' : 'a greeting or an error alone'
  return mustCome
    ? { seen: greeted, meaning: 'connected and useless: nobody sees progress', level: 'wrong' }
    : {
        seen: greeted,
        meaning: 'nothing came while it was watched; a stream should say where it stands',
        level: 'note',
      }
}

export function heartbeat({ pings, heartbeatMs }: Session, watchedMs: number): Finding {
  const told = heartbeatMs === undefined ? '' : `, told: every ${heartbeatMs / 1_000} s`
  const seen = `${pings} ${pings === 1 ? 'ping' : 'pings'} in ${(watchedMs / 1_000).toFixed(1)} s${told}`
  if (heartbeatMs !== undefined && pings === 0 && watchedMs > 1.5 * heartbeatMs) {
    return { seen, meaning: 'it tells a heartbeat and keeps none', level: 'wrong' }
  }
  if (pings > 0 || heartbeatMs !== undefined) {
    return { seen, meaning: 'a dead connection is noticed', level: 'good' }
  }
  return {
    seen,
    meaning: 'none, or slower than this look: without one a dead connection stays open',
    level: 'note',
  }
}

export function endOfTask({ lastFrame, close }: Session): Finding {
  const ended = lastFrame !== undefined && isTerminal(lastFrame)
  if (ended && close?.code === 1000) {
    return {
      seen: `${lastFrame}, closed 1000`,
      meaning: 'the end is told and the stream closed',
      level: 'good',
    }
  }
  if (ended && close) {
    const again = closeVerdict(close.code) === 'come_back'
    return {
      seen: `${lastFrame}, closed ${closeText(close)}`,
      meaning: again
        ? 'the code says come back, though the task has ended'
        : 'the end is told; 1000 is usual',
      level: again ? 'wrong' : 'note',
    }
  }
  if (ended) {
    return { seen: `${lastFrame}, left open`, meaning: 'clients must close it themselves', level: 'note' }
  }
  if (close) {
    return {
      seen: `closed ${closeText(close)} without a terminal event`,
      meaning: 'nobody learns how the task ended',
      level: 'wrong',
    }
  }
  return { seen: 'no end while it was watched', meaning: 'not looked at', level: 'left_out' }
}

export function leavingAtOnce(answers: readonly Answer[], afterwards: Answer): Finding {
  const sessions = answers.flatMap(answer => (answer.kind === 'accepted' ? [answer.session] : []))
  const answered = sessions.filter(({ closeAnsweredMs }) => closeAnsweredMs !== undefined)
  const seen = `${answered.length} of ${sessions.length} closes answered, then ${afterwards.kind === 'accepted' ? '101' : seenOf(afterwards)}`
  if (afterwards.kind !== 'accepted') {
    return { seen, meaning: 'a client that leaves at once breaks it for the next', level: 'wrong' }
  }
  if (answered.length < sessions.length) {
    return { seen, meaning: 'its close is not answered: the sockets stay until a time limit', level: 'wrong' }
  }
  return { seen, meaning: 'a client that leaves at once does no harm here', level: 'good' }
}

export function nonsenseFrame(answer: Answer): Finding {
  if (answer.kind !== 'accepted') return { seen: seenOf(answer), meaning: 'not looked at', level: 'left_out' }
  const { close, error } = answer.session
  if (!close) {
    return {
      seen: error ?? 'ignored',
      meaning: 'a client that speaks wrongly is never told',
      level: 'note',
    }
  }
  const seen = `closed ${closeText(close)}`
  if (close.code === 1000) {
    return { seen, meaning: 'its task had ended before: not looked at', level: 'left_out' }
  }
  return closeVerdict(close.code) === 'stay_away'
    ? { seen, meaning: 'the client is told, and told to stay away', level: 'good' }
    : { seen, meaning: 'the code says come back: the client does the same again', level: 'note' }
}

/** Every code that the server closed with, and what it tells a client. */
export function closeCodes(answers: readonly Answer[]): Finding {
  const codes = new Set(
    answers.flatMap(answer =>
      answer.kind === 'accepted' && answer.session.close ? [answer.session.close.code] : [],
    ),
  )
  if (codes.size === 0) return { seen: 'none', meaning: 'the server closed nothing', level: 'note' }
  const texts = { ended: 'the task has ended', come_back: 'come back', stay_away: 'stay away' }
  const sorted = [...codes].toSorted((a, b) => a - b)
  return {
    seen: sorted.join(', '),
    meaning: sorted.map(code => `${code}: ${texts[closeVerdict(code)]}`).join(', '),
    level: 'good',
  }
}
