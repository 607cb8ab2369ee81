import { expect, test } from 'vitest'
import { SCENARIOS } from '#catalog'
import { type PhaseFigures, serverLog } from '#run'
import { sampleLoad } from '../gate/sample.ts'
import { assemble } from './demo.ts'
import { type PlannedReplay, planDemo } from './plan.ts'
import type { ReplayOutcome } from './replays.ts'
import { type AlertObservation, demoResultSchema } from './result.ts'

const ABOUT = {
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:02:00.000Z',
  environment: { k6: '2.2.0' },
}

const phase = (from: number, to: number, counts: Partial<PhaseFigures> = {}): PhaseFigures => ({
  ...sampleLoad().phases.fault,
  from,
  to,
  attempts: 138,
  ended: 138,
  accepted: 138,
  usable: 138,
  tasksFollowed: 138,
  firstProgressSeen: 138,
  terminalSeen: 138,
  firstAttemptAt: from + 5,
  lastAttemptAt: to - 5,
  ...counts,
})

const REFUSED = {
  attempts: 1_450,
  accepted: 0,
  usable: 0,
  reconnects: 1_444,
  tasksFollowed: 6,
  firstProgressSeen: 0,
  terminalSeen: 0,
}
const FLAPPING = { ...REFUSED, accepted: 1_450 }

function held(alert: string, expected: 'fire' | 'silent'): AlertObservation {
  const fired = expected === 'fire'
  const times = { predicted: fired ? 3 : null, measured: fired ? 4 : null }
  return {
    alert,
    severity: 'critical',
    expected,
    fired,
    firedAt: fired ? 24_000 : null,
    resolvedAt: fired ? 60_000 : null,
    detect: times,
    resolve: times,
    verdict: 'held',
    note: '',
  }
}

/** A replay as the incident says that it goes. */
function outcome({ regime, client, server, job, scenario, fires, faults }: PlannedReplay): ReplayOutcome {
  const loops = client === 'old'
  const sends = loops && regime === 'flapping' && server === 'old'
  const log = serverLog()
  if (sends) log.add(JSON.stringify({ level: 50, time: 21_000, msg: 'websocket_error', error: 'x' }))
  const counts = !loops ? {} : regime === 'refused' ? REFUSED : FLAPPING
  return {
    spec: { job, scenario, settings: {}, faults, expectations: [] },
    phases: {
      warmup: { from: 0, to: 20_000 },
      fault: { from: 20_000, to: 45_000 },
      recovery: { from: 45_000, to: 85_000 },
    },
    load: sampleLoad({
      scenario: scenario.name,
      phases: {
        warmup: phase(0, 20_000),
        steady: phase(20_000, 20_000),
        fault: phase(20_000, 45_000, counts),
        recovery: phase(45_000, 85_000),
      },
    }),
    log,
    counts: {
      goodSessions: loops ? 0 : 138,
      badSessions: loops && regime === 'flapping' ? 1_450 : 0,
      sendsAfterClose: sends ? 1_450 : 0,
    },
    alerts: fires.map(alert => held(alert, 'fire')),
    charts: [],
    problems: [],
  }
}

const plan = planDemo()
const asToldBut = (job: string, change: (entry: ReplayOutcome) => ReplayOutcome) =>
  assemble(
    plan,
    plan.map(planned => (planned.job === job ? change(outcome(planned)) : outcome(planned))),
    ABOUT,
  )
const asTold = asToldBut('none', entry => entry)

test('the incident as it was told: everything holds, and the result fits its schema', () => {
  expect(asTold).toMatchObject({ verdict: 'held', exitCode: 0, failures: [] })
  expect(demoResultSchema.parse(asTold)).toEqual(asTold)
})

test('the tables show what the incident showed, each regime its own', () => {
  const [refused, flapping] = asTold.regimes
  const row = (table: typeof refused, start: string) =>
    table?.table.find(({ measure }) => measure.startsWith(start))
  expect(row(refused, 'connection success')).toMatchObject({
    before: '0 % (0 of 1450)',
    after: '100 % (138 of 138)',
  })
  expect(row(refused, 'session success')).toMatchObject({ before: 'no sessions', after: '100 %' })
  expect(row(refused, 'warning')).toMatchObject({ before: '0', after: '0' })
  expect(row(flapping, 'handshake success')).toMatchObject({ before: '100 %', after: '100 %' })
  expect(row(flapping, 'session success')).toMatchObject({ before: '0 %', after: '100 %' })
  expect(row(flapping, 'feature usable')).toMatchObject({
    before: 'no (0 and 0 of 6 tasks)',
    after: 'yes (138 and 138 of 138 tasks)',
  })
})

test('each half of the fix is told with its figures', () => {
  const [serverHalf, clientHalf, both] = asTold.regimes[1]?.conclusions ?? []
  expect(serverHalf).toContain('connection success 0 % → 0 %')
  expect(serverHalf).toContain('Users still see nothing.')
  expect(clientHalf).toContain('connection success 0 % → 100 %')
  expect(both).toContain('Users are served.')
})

test.each<[string, string, (entry: ReplayOutcome) => ReplayOutcome, string]>([
  [
    'the old client is served after all',
    'refused-old-old',
    entry => withFault(entry, { usable: 900, firstProgressSeen: 6 }),
    'refused-old-old: it does not hold that next to no attempt becomes a usable session',
  ],
  [
    'the old client does not loop',
    'flapping-old-new',
    entry => withFault(entry, { reconnects: 12 }),
    'flapping-old-new: it does not hold that each client reconnects about ten times a second (0.1 per second)',
  ],
  [
    'handshakes fail where they should succeed',
    'flapping-old-old',
    entry => withFault(entry, { accepted: 3 }),
    'flapping-old-old: it does not hold that handshakes succeed and sessions do not',
  ],
  [
    'the old server sends into no closed socket',
    'flapping-old-old',
    entry => ({ ...entry, counts: { ...entry.counts, sendsAfterClose: 0 } }),
    'flapping-old-old: it does not hold that the log fills with errors',
  ],
  [
    'the fixed pair loses a terminal event',
    'refused-new-new',
    entry => withFault(entry, { terminalSeen: 137 }),
    'refused-new-new: it does not hold that every attempt becomes a usable session',
  ],
  [
    'an alert stays silent that must fire',
    'refused-old-old',
    entry => ({
      ...entry,
      alerts: [
        {
          ...held('WsWrongPathStorm', 'fire'),
          fired: false,
          verdict: 'did_not_hold',
          note: 'it did not fire',
        },
      ],
    }),
    'refused-old-old: WsWrongPathStorm (critical): it did not fire',
  ],
  [
    'a threshold of the load side breaks',
    'refused-new-old',
    entry => ({
      ...entry,
      load: { ...entry.load, violations: ['petrel_stream_errors count==0 does not hold: it is 2'] },
    }),
    'refused-new-old: petrel_stream_errors count==0 does not hold: it is 2',
  ],
])('%s: did not hold, exit 1, and the demo says which', (_, job, change, sentence) => {
  const result = asToldBut(job, change)
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
  expect(result.failures.some(failure => failure.startsWith(sentence))).toBe(true)
})

test('an unclean replay is not proven, and fails nothing', () => {
  const result = asToldBut('refused-old-old', entry => ({
    ...withFault(entry, { usable: 900 }),
    problems: ['scrapes lagged by 2.1 s'],
  }))
  expect(result).toMatchObject({
    verdict: 'not_proven',
    exitCode: 4,
    failures: ['refused-old-old: not proven: scrapes lagged by 2.1 s'],
  })
})

test('a proven violation beats an unproven replay', () => {
  const result = assemble(
    plan,
    plan.map((planned, index) => {
      const entry = outcome(planned)
      if (index === 0) return { ...entry, problems: ['k6 was ended by SIGKILL'] }
      return index === 7 ? withFault(entry, { usable: 3 }) : entry
    }),
    ABOUT,
  )
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
  expect(result.failures).toHaveLength(2)
})

test('the scenarios of the plan are those of the catalogue', () => {
  expect(plan.every(({ scenario }) => SCENARIOS.includes(scenario))).toBe(true)
})

function withFault(entry: ReplayOutcome, counts: Partial<PhaseFigures>): ReplayOutcome {
  const { phases } = entry.load
  return { ...entry, load: { ...entry.load, phases: { ...phases, fault: { ...phases.fault, ...counts } } } }
}
