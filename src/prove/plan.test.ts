import { expect, test } from 'vitest'
import { ALERTS } from '#catalog'
import { alertRules } from '#dashboards'
import { expectations } from './expectations.ts'
import { flowsOf } from './flows.ts'
import { PAGE_LIMIT_SECONDS } from './judge.ts'
import { DEMO_CROWD, DEMO_PHASES, planDemo } from './plan.ts'

const plan = planDemo()
const named = (job: string) => plan.find(entry => entry.job === job)

test('both regimes have all four pairs, each under a job of its own', () => {
  expect(plan.map(({ job }) => job)).toEqual([
    'refused-old-old',
    'refused-old-new',
    'refused-new-old',
    'refused-new-new',
    'flapping-old-old',
    'flapping-old-new',
    'flapping-new-old',
    'flapping-new-new',
  ])
})

test('what must fire is what the incident says, and nothing else', () => {
  expect(named('refused-old-old')?.fires).toEqual(['WsHandshakeBudgetBurn', 'WsWrongPathStorm'])
  expect(named('refused-old-new')?.fires).toEqual(['WsHandshakeBudgetBurn', 'WsWrongPathStorm'])
  expect(named('flapping-old-old')?.fires).toEqual(['WsSessionBudgetBurn', 'WsFlapping', 'WsSendAfterClose'])
  expect(named('flapping-old-new')?.fires).toEqual(['WsSessionBudgetBurn', 'WsFlapping'])
  for (const { client, fires } of plan) if (client === 'new') expect(fires).toEqual([])
})

/** What the incident's own story asks for; all others have to stay silent in it, or nobody cares. */
const INCIDENT_ALERTS = [
  'WsSessionBudgetBurn',
  'WsHandshakeBudgetBurn',
  'WsWrongPathStorm',
  'WsFlapping',
  'WsSendAfterClose',
]

test('each alert of the incident has a replay in which it must fire, and every alert one in which it must not', () => {
  for (const name of INCIDENT_ALERTS) expect(plan.some(({ fires }) => fires.includes(name))).toBe(true)
  for (const { name } of ALERTS) {
    const silent = plan.filter(
      ({ fires, mayFire }) => !fires.includes(name) && !mayFire.some(({ alert }) => alert === name),
    )
    expect(silent.length, name).toBeGreaterThanOrEqual(3)
  }
})

test('the phases leave room for what is predicted: every page within its limit, every end within the recovery', () => {
  const flows = flowsOf({
    clients: DEMO_CROWD.clients,
    bad: DEMO_CROWD.clients,
    misbehaviour: 'flapping',
    taskMs: DEMO_CROWD.taskMs,
    sendsAgain: true,
  })
  const found = expectations(alertRules('drill'), { fires: named('flapping-old-old')?.fires ?? [] }, flows, {
    warmupMs: DEMO_PHASES.warmup,
    faultMs: DEMO_PHASES.fault,
  })
  const firing = found.filter(({ expected }) => expected === 'fire')
  expect(firing).toHaveLength(4)
  for (const { severity, predicted } of firing) {
    expect(predicted.detect).not.toBeNull()
    if (severity === 'critical') expect(predicted.detect).toBeLessThan(PAGE_LIMIT_SECONDS)
    if (severity === 'critical') expect(predicted.resolve).toBeLessThan(PAGE_LIMIT_SECONDS)
    expect(predicted.resolve).toBeLessThan(DEMO_PHASES.recovery / 1_000 - 8)
  }
  expect(
    found.filter(({ expected }) => expected === 'silent').every(({ predicted }) => predicted.detect === null),
  ).toBe(true)
})
