import { expect, test } from 'vitest'
import type { Answer, Session } from './dial.ts'
import { endOfTask, heartbeat, leavingAtOnce, nonsenseFrame, unknownTask, wrongPath } from './meaning.ts'

const refused = (status: number, contentType = 'text/plain'): Answer => ({
  kind: 'refused',
  status,
  contentType,
})
const accepted = (session: Partial<Session> = {}): Answer => ({
  kind: 'accepted',
  session: { frames: [], frameCount: 0, pings: 0, ...session },
})
const closed = (code: number) => accepted({ close: { code, reason: '', afterMs: 5 } })

test.each<[string, Answer, string, string]>([
  ['404', refused(404), 'good', 'a browser sees only 1006'],
  ['400', refused(400), 'good', 'the `ws` library'],
  ['403', refused(403), 'note', 'Starlette'],
  ['426', refused(426), 'note', 'a proxy lost it'],
  ['a redirect', refused(301), 'note', 'do not follow'],
  ['a web page', refused(200, 'text/html'), 'note', 'a web page answers'],
  ['an outage', refused(502), 'note', 'the server failed'],
  ['silence after 101', accepted(), 'wrong', 'accepted in silence'],
  ['a stream', accepted({ firstUsefulMs: 3 }), 'note', 'hides the mistake'],
  [
    'a whole stream, to the end of its task',
    accepted({ firstUsefulMs: 3, lastFrame: 'completed', close: { code: 1000, reason: '', afterMs: 9 } }),
    'note',
    'hides the mistake',
  ],
  [
    'a word, and a close as if all were well',
    accepted({ firstUsefulMs: 3, lastFrame: 'sorry', close: { code: 1000, reason: '', afterMs: 9 } }),
    'note',
    'ended well',
  ],
  ['a code that says stay away', closed(4504), 'good', 'a browser can read'],
  ['a code that says come back', closed(1011), 'wrong', 'dials again without end'],
  ['no code', closed(1006), 'wrong', 'dials again without end'],
  ['a close as if all were well', closed(1000), 'note', 'ended well'],
  ['a cut connection', { kind: 'broken', text: 'socket hang up' }, 'note', 'network fault'],
  ['no answer at all', { kind: 'silent' }, 'wrong', 'hangs'],
])('%s on a wrong path', (_, answer, level, meaning) => {
  const finding = wrongPath(answer)
  expect(finding.level).toBe(level)
  expect(finding.meaning).toContain(meaning)
})

test('an unknown task that is refused, served, or left waiting', () => {
  expect(unknownTask(closed(4505)).level).toBe('good')
  expect(unknownTask(refused(404)).level).toBe('note')
  expect(unknownTask(accepted({ firstUsefulMs: 3 })).level).toBe('note')
  expect(unknownTask(accepted()).level).toBe('wrong')
})

test('a heartbeat that is told and not kept is worse than one that is not told', () => {
  const session = { frames: [], frameCount: 1, pings: 0 }
  expect(heartbeat({ ...session, heartbeatMs: 25_000 }, 4_000).level).toBe('good')
  expect(heartbeat({ ...session, heartbeatMs: 1_000 }, 4_000).level).toBe('wrong')
  expect(heartbeat(session, 4_000).level).toBe('note')
  expect(heartbeat({ ...session, pings: 2 }, 4_000).level).toBe('good')
})

test.each<[Partial<Session>, string]>([
  [{ lastFrame: 'completed', close: { code: 1000, reason: '', afterMs: 9 } }, 'good'],
  [{ lastFrame: 'failed', close: { code: 1011, reason: '', afterMs: 9 } }, 'wrong'],
  [{ lastFrame: 'completed' }, 'note'],
  [{ lastFrame: 'progress', close: { code: 1000, reason: '', afterMs: 9 } }, 'wrong'],
  [{ lastFrame: 'progress' }, 'left_out'],
])('the end of a task seen as %j is %s', (session, level) => {
  expect(endOfTask({ frames: [], frameCount: 1, pings: 0, ...session }).level).toBe(level)
})

test('a client that leaves at once is answered, and the next one served', () => {
  const answered = accepted({ closeAnsweredMs: 2 })
  expect(leavingAtOnce([answered, answered], answered).level).toBe('good')
  expect(leavingAtOnce([answered, accepted()], answered)).toMatchObject({
    level: 'wrong',
    seen: '1 of 2 closes answered, then 101',
  })
  expect(leavingAtOnce([answered], refused(503)).level).toBe('wrong')
})

test('nonsense that ends in "come back" would be said again', () => {
  expect(nonsenseFrame(closed(4500)).level).toBe('good')
  expect(nonsenseFrame(closed(1011)).level).toBe('note')
  expect(nonsenseFrame(accepted()).seen).toBe('ignored')
})
