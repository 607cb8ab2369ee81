import { sleep } from 'k6'
import execution from 'k6/execution'
import http from 'k6/http'
import { clearInterval, setInterval, setTimeout } from 'k6/timers'
import { NEVER_MS } from '../../src/catalog/load/recovery.ts'
import { PHASES, type Scenario } from '../../src/catalog/scenarios/define.ts'
import { seededRandom } from '../../src/client/policies/index.ts'
import { TASKS_PATH } from '../../src/protocol/paths.ts'
import type { Attempt } from './attempt.ts'
import { startClient } from './client.ts'
import { entryOf } from './entry.ts'
import { metrics, namedSubmetrics } from './metrics.ts'
import type { Loss } from './recovery.ts'
import { beginAt, readSettings, type Settings, type SharedTask } from './settings.ts'
import { tally } from './tally.ts'
import { taskRequest } from './tasks.ts'

/** How often the generator looks how late its timers are. */
const LAG_PROBE_MS = 100
/** How often it notes that its event loop turns. */
const TURN_MS = 5
/** Time after the last phase in which what was begun may end. */
const RUN_OUT_MS = 1_000
/** Time that the last connections have to close. */
const CLOSE_MS = 2_000

/** Segments create a task that they share at this moment, so that each asks for the same one. */
const SHARED_BEFORE_MS = 500
/** Generators that nobody gave a start begin at a moment of the clock that they all know. */
const COMMON_START_MS = 10_000

/** What k6 hands from `setup` to every VU. */
interface SetupData {
  startAt: number
  shared?: SharedTask
}

/** Everything that k6 wants of a scenario file. */
export function loadScenario(scenario: Scenario) {
  const settings = readSettings(scenario)
  const { phases, clients, badClients, vus, cause } = settings
  const length = phases.recovery.to - phases.warmup.from

  const options = {
    scenarios: {
      crowd: {
        executor: 'per-vu-iterations',
        vus,
        iterations: 1,
        // Also the wait for START_AT is part of the iteration.
        maxDuration: `${Math.ceil((length + 60_000) / 1_000)}s`,
        gracefulStop: '5s',
      },
    },
    summaryTrendStats: ['min', 'avg', 'med', 'p(95)', 'p(99)', 'max', 'count'],
    thresholds: {
      ...namedSubmetrics(scenario),
      ...floors(settings),
      petrel_stream_errors: ['count==0'],
      petrel_never_came_back: ['count==0'],
      petrel_own_failures: ['count==0'],
      petrel_timer_lag_ms: ['max<1000'],
      petrel_timer_probes: ['count>=10'],
    },
  }

  /** When it begins, and the one task that all follow where the behaviour has one: it is under way before the crowd comes. */
  function setup(): SetupData {
    const startAt = settings.startAt ?? commonStart(Date.now(), settings.segments)
    beginAt(settings, startAt)
    if (settings.shared) return { startAt, shared: settings.shared }
    if (settings.behaviour.life !== 'shared' || !settings.createsTasks) return { startAt }
    const isAlone = settings.segments === 1
    const createdAt = isAlone ? Date.now() : startAt - SHARED_BEFORE_MS
    sleep(Math.max(0, createdAt - Date.now()) / 1_000)
    const endsAt = phases.fault.from + 0.8 * (phases.fault.to - phases.fault.from)
    const { body, params, paceMs } = taskRequest(endsAt - createdAt, settings, 'warmup')
    // The same key with the same body gives the same task, whichever segment asks first.
    const key = { 'Idempotency-Key': `${scenario.name}-${startAt}` }
    const headers = isAlone ? params.headers : { ...params.headers, ...key }
    const response = http.post(`${settings.targets[0]}${TASKS_PATH}`, body, { ...params, headers })
    if (response.status !== 202 && response.status !== 200)
      throw new Error(`${TASKS_PATH} answered ${response.status}`)
    const { task_id } = response.json() as { task_id: string }
    return { startAt, shared: { taskId: task_id, endsAt, paceMs } }
  }

  async function crowd({ startAt, shared }: SetupData): Promise<void> {
    beginAt(settings, startAt)
    tally.begin(phases.warmup.from, phases.recovery.to + RUN_OUT_MS)
    const vu = execution.vu.idInTest - 1
    const losses: Loss[] = []
    const open = new Set<Attempt>()
    let isOver = false
    let turnedAt = Date.now()
    const turns = setInterval(() => {
      turnedAt = Date.now()
    }, TURN_MS)
    const answers = cause.by === 'front-door' ? cause.answers : []
    for (let index = vu; index < clients; index += vus) {
      const seed = settings.seed * 100_003 + index
      const context = {
        settings,
        random: seededRandom(seed),
        ids: seededRandom(seed + phases.warmup.from),
        index,
        // Other clients in each run: a server may still hold those that looped in the last.
        clientId: `client-${index}-${phases.warmup.from.toString(36)}`,
        entry: entryOf(),
        refusal: answers[index % Math.max(1, answers.length)],
        stalled: () => Date.now() - turnedAt,
        onChain: (loss: Loss) => void losses.push(loss),
        open,
        isOver: () => isOver,
      }
      startClient(context, index < badClients, shared)
    }
    let expected = Date.now() + LAG_PROBE_MS
    const probe = setInterval(() => {
      metrics.timerProbes.add(1)
      metrics.timerLagMs.add(Math.max(0, Date.now() - expected))
      expected = Date.now() + LAG_PROBE_MS
    }, LAG_PROBE_MS)
    await new Promise<void>(over => setTimeout(over, phases.recovery.to - Date.now() + RUN_OUT_MS))
    clearInterval(probe)
    clearInterval(turns)
    isOver = true
    // A server that never speaks or never closes must not keep its clients beyond the run.
    for (const attempt of open) attempt.leave()
    for (const loss of losses) countTheLost(loss)
    await ended(open)
    // biome-ignore lint/suspicious/noConsole: k6 takes its console for a file, and a VU has no other way out
    console.log(tally.line())
  }

  /** Our own result file: a missing or broken one is how a failed summary shows. */
  function handleSummary(data: { metrics: unknown; setup_data?: SetupData }): Record<string, string> {
    if (data.setup_data) beginAt(settings, data.setup_data.startAt)
    const result = {
      schema: 'petrel.k6/1',
      scenario: scenario.name,
      clients,
      segments: settings.segments,
      phases,
      metrics: data.metrics,
    }
    return { [settings.resultFile]: `${JSON.stringify(result)}\n` }
  }

  return { options, setup, crowd, handleSummary }
}

/** The last connections have values to tell, too; who does not end in time is missed among the attempts that ended. */
async function ended(open: ReadonlySet<Attempt>): Promise<void> {
  const until = Date.now() + CLOSE_MS
  while (open.size > 0 && Date.now() < until) await new Promise<void>(later => setTimeout(later, TURN_MS))
}

/** A second from now; with several generators the next moment that all of them take for the next. */
function commonStart(now: number, segments: number): number {
  if (segments === 1) return now + 1_000
  return Math.ceil((now + 1_000) / COMMON_START_MS) * COMMON_START_MS
}

function countTheLost(loss: Loss): void {
  const fate = loss.atTheEnd()
  if (fate === 'nothing_lost') return
  metrics.recoveryMs.add(NEVER_MS)
  if (fate === 'never_came_back') metrics.neverCameBack.add(1)
  else metrics.stillWaiting.add(1)
}

/** A crowd that did nothing proves nothing; who cannot create a task did nothing either. */
function floors({ clients, badClients, behaviour, phases, cause }: Settings): Record<string, string[]> {
  const thresholds: Record<string, string[]> = {}
  for (const phase of PHASES) {
    const isThere = phases[phase].to > phases[phase].from
    const dialling = clients - badClients + (behaviour.dialsIn.includes(phase) ? badClients : 0)
    thresholds[`petrel_attempts{phase:${phase}}`] = [`count>=${isThere ? dialling : 0}`]
    if (phase === 'warmup') thresholds['petrel_usable_sessions{phase:warmup}'] = [`count>=${dialling}`]
    // While somebody else breaks the servers, creating a task may fail too.
    const mayFail = phase === 'fault' && cause.by !== 'crowd'
    thresholds[`petrel_task_errors{phase:${phase}}`] = [mayFail ? 'count>=0' : 'count==0']
  }
  return thresholds
}
