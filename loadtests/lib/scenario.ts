import execution from 'k6/execution'
import { clearInterval, setInterval, setTimeout } from 'k6/timers'
import { PHASES, type Scenario } from '../../src/catalog/scenarios/define.ts'
import { seededRandom } from '../../src/client/policies/index.ts'
import { startClient } from './client.ts'
import { metrics, namedSubmetrics } from './metrics.ts'
import { readSettings } from './settings.ts'

/** Clients that one VU holds: a VU is one thread of JavaScript, and a socket in a full VU costs a third. */
const CLIENTS_PER_VU = 1_000
/** How often the generator looks how late its timers are. */
const LAG_PROBE_MS = 100
/** How often it notes that its event loop turns. */
const TURN_MS = 5
/** Time after the last phase in which what was begun may end. */
const RUN_OUT_MS = 1_000
const BIN_MS = 100

/** Everything that k6 wants of a scenario file. */
export function loadScenario(scenario: Scenario) {
  const settings = readSettings(scenario)
  const { phases, clients, badClients } = settings
  const vus = Math.max(1, Math.ceil(clients / CLIENTS_PER_VU))
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
      ...namedSubmetrics(PHASES),
      // Floors: a crowd that did nothing proves nothing.
      'petrel_attempts{phase:warmup}': [`count>=${clients}`],
      'petrel_attempts{phase:fault}': [`count>=${clients}`],
      'petrel_attempts{phase:recovery}':
        scenario.behaviour === 'dropped-at-once' ? ['count>=0'] : [`count>=${clients}`],
      'petrel_usable_sessions{phase:warmup}': [`count>=${clients}`],
      petrel_stream_errors: ['count==0'],
      petrel_task_errors: ['count==0'],
      petrel_timer_lag_ms: ['max<1000'],
      petrel_timer_probes: ['count>=10'],
    },
  }

  async function crowd(): Promise<void> {
    const vu = execution.vu.idInTest - 1
    const bins: number[] = Array(Math.ceil((phases.fault.to - phases.fault.from) / BIN_MS)).fill(0)
    const onFaultAttempt = (at: number) => {
      const bin = Math.floor((at - phases.fault.from) / BIN_MS)
      bins[bin] = (bins[bin] ?? 0) + 1
    }
    let turnedAt = Date.now()
    const turns = setInterval(() => {
      turnedAt = Date.now()
    }, TURN_MS)
    const stalled = () => Date.now() - turnedAt
    for (let index = vu; index < clients; index += vus) {
      const random = seededRandom(settings.seed * 100_003 + index)
      const context = { settings, random, clientId: `client-${index}`, stalled, onFaultAttempt }
      startClient(context, index < badClients)
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
    for (const count of bins) metrics.attemptsPerBin.add(count)
  }

  /** Our own result file: a missing or broken one is how a failed summary shows. */
  function handleSummary(data: { metrics: unknown; state: unknown }): Record<string, string> {
    const result = { schema: 'petrel.k6/1', scenario: scenario.name, phases, metrics: data.metrics }
    return { [settings.resultFile]: JSON.stringify(result) }
  }

  return { options, crowd, handleSummary }
}
