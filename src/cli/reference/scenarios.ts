import { type Cause, drillsOf, FAULT_MATCHES, PHASES, SCENARIOS, type Scenario } from '#catalog'
import { BEHAVIOURS, POLICIES } from '#client'
import type { GeneratedFile } from '#dashboards'
import { firingsText } from './drills.ts'
import { code, codeBlock, linkTo, page, table } from './page.ts'

/** One page for each scenario, their list, and the reconnect policies that they use. */
export function scenarioPages(): GeneratedFile[] {
  return [
    page('scenarios/README.md', 'Load scenarios', [
      'Each is a crowd that behaves well, then in its own way, then well again. Every threshold has a floor: a crowd that did nothing is *not proven*, never a success.',
      table([
        ['scenario', 'what the crowd does'],
        ...SCENARIOS.map(({ name, summary }) => [`[${code(name)}](${name}.md)`, summary]),
      ]),
    ]),
    ...SCENARIOS.map(scenarioPage),
    page('policies.md', 'Reconnect policies', [
      'When a client comes back after its stream has ended. Pure functions, shared by the load scenarios and the client library.',
      table([['policy', 'what it does'], ...POLICIES.map(({ name, summary }) => [code(name), summary])]),
    ]),
  ]
}

function scenarioPage({
  name,
  summary,
  behaviour,
  cause,
  clients,
  badClients,
  phases,
}: Scenario): GeneratedFile {
  const path = `scenarios/${name}.md`
  const crowd = BEHAVIOURS.find(one => one.name === behaviour)
  return page(path, code(name), [
    summary,
    codeBlock(
      `./petrel load ${name} --target http://127.0.0.1:8080${cause.by === 'command' ? " --fault-command '…'" : ''}`,
    ),
    table([
      ['', ''],
      ['clients', String(clients)],
      ['of them with the behaviour', String(badClients ?? clients)],
      ['behaviour', crowd?.summary ?? ''],
      ['who causes the fault', causeText(cause)],
      ...PHASES.map(phase => [phase, phases[phase]]),
      ['reconnects by', `${linkTo(crowd?.policy.name ?? '', path, 'docs/reference/policies.md')}`],
    ]),
    `What it fires on the reference server is proven by ${linkTo('drills', path, 'docs/reference/drills.md')}:`,
    table([
      ['drill', 'what is special about the servers', 'must fire'],
      ...drillsOf(name).map(drill => [code(drill.name), drill.when ?? '', firingsText(drill, path)]),
    ]),
    '`petrel gate` holds it to thresholds and lays both ends of the wire against each other. What it finds, among others, each shown by a test:',
    foundTable(name, path),
  ])
}

/** Bugs that the gate finds with the scenario. */
function foundTable(scenario: string, path: string): string {
  const matches = FAULT_MATCHES.filter(match => match.scenario === scenario)
  return table([
    ['bug of the server', 'check that says so', ''],
    ...matches.map(({ fault, variant, check, since, nearest }) => [
      linkTo(code(`${fault}=${variant}`), path, `docs/reference/faults/${fault}.md`),
      code(check),
      [since === 'fault' ? 'from the fault phase on' : '', nearest ?? ''].filter(Boolean).join('; '),
    ]),
  ])
}

function causeText(cause: Cause): string {
  switch (cause.by) {
    case 'crowd':
      return 'the crowd itself, or nobody'
    case 'server':
      return `the server's switch ${code(cause.fault)}, on ${cause.variants.map(code).join(', then ')}`
    case 'command':
      return `a command that ${cause.does} (${code('--fault-command')})`
    case 'front-door':
      return `a front door that answers client n with the answer n of ${cause.answers.map(code).join(', ')}`
    case 'bad-readers':
      return `${cause.readers} clients beside the crowd that read ${cause.reads}`
  }
}
