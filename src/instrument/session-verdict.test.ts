import { expect, test } from 'vitest'
import {
  type Interruption,
  SessionDecision,
  type SessionEnd,
  type SessionVerdict,
} from './session-verdict.ts'

interface Story {
  first?: number
  terminal?: number
  /** The clock is looked at then. */
  reached?: number[]
  end?: [number, SessionEnd]
}

function tell(story: Story) {
  const verdicts: SessionVerdict[] = []
  const interruptions: Interruption[] = []
  const decision = new SessionDecision({
    onVerdict: verdict => void verdicts.push(verdict),
    onInterruption: reason => void interruptions.push(reason),
  })
  const events: [number, () => void][] = []
  const { first, terminal, reached = [], end } = story
  if (first !== undefined) events.push([first, () => decision.usefulSent(first, false)])
  if (terminal !== undefined) events.push([terminal, () => decision.usefulSent(terminal, true)])
  for (const at of reached) events.push([at, () => decision.reached(at)])
  if (end) events.push([end[0], () => decision.ended(...end)])
  for (const [, happen] of events.toSorted(([a], [b]) => a - b)) happen()
  return { verdicts: verdicts.map(({ verdict, reason }) => `${verdict} ${reason}`), interruptions }
}

test.each<[string, Story, string[]]>([
  ['the terminal event arrives', { first: 5, terminal: 900, end: [950, 'client_close'] }, ['good delivered']],
  ['the terminal event is the first message', { terminal: 5, end: [6, 'server_close'] }, ['good delivered']],
  ['it lives five seconds', { first: 5, reached: [2_000, 5_000] }, ['good lived']],
  ['the client leaves after a second', { first: 5, end: [1_000, 'client_close'] }, ['good left']],
  ['the client leaves just before', { first: 5, end: [999, 'client_close'] }, ['bad short_lived']],
  ['the client is cut off within a second', { first: 5, end: [20, 'network'] }, ['bad short_lived']],
  ['nothing useful within two seconds', { reached: [2_000] }, ['bad silent']],
  ['the first message comes at the last moment', { first: 2_000, reached: [2_000, 5_000] }, ['good lived']],
  [
    'the first message comes too late',
    { first: 2_001, reached: [2_000, 5_000], end: [6_000, 'client_close'] },
    ['bad silent'],
  ],
  ['the connection is lost before it was good', { first: 5, end: [3_000, 'network'] }, ['bad network']],
  ['the handler fails', { first: 5, end: [30, 'server_error'] }, ['bad server_error']],
  ['the server closes', { first: 5, end: [30, 'server_close'] }, ['bad server_close']],
  ['a slow consumer is closed early', { first: 5, end: [3_000, 'slow_consumer'] }, ['bad server_close']],
  ['no pong before it was good', { first: 5, end: [4_000, 'heartbeat'] }, ['bad network']],
  ['an announced drain before a decision', { first: 5, end: [300, 'announced_drain'] }, []],
  ['a client that leaves undecided, unserved', { end: [1_500, 'client_close'] }, []],
  ['still undecided', { first: 5, reached: [2_000] }, []],
  ['the timer is late: it lived', { first: 5, end: [5_200, 'network'] }, ['good lived']],
])('%s', (_, story, verdicts) => {
  expect(tell(story).verdicts).toEqual(verdicts)
})

test.each<[SessionEnd, Interruption[]]>([
  ['network', ['network']],
  ['heartbeat', ['heartbeat']],
  ['server_error', ['server_error']],
  ['server_close', ['server_close']],
  ['slow_consumer', ['slow_consumer']],
  ['client_close', []],
  ['announced_drain', []],
])('a good session that ends by %s', (end, interruptions) => {
  expect(tell({ first: 5, reached: [5_000], end: [9_000, end] })).toEqual({
    verdicts: ['good lived'],
    interruptions,
  })
})

test('after the terminal event nothing is an interruption', () => {
  expect(
    tell({ first: 5, terminal: 6_000, reached: [5_000], end: [6_001, 'network'] }).interruptions,
  ).toEqual([])
})
