import { DRILLS, type Drill, SCENARIOS } from '#catalog'
import type { GeneratedFile } from '#dashboards'
import { code, codeBlock, linkTo, page, table } from './page.ts'

const PATH = 'drills.md'

/** What is played to prove the alerts. */
export function drillPage(): GeneratedFile {
  const indifferent = DRILLS.flatMap(({ name, mayFire = [] }) =>
    mayFire.map(({ alert, severity, reason }) => [code(name), alertText(alert, severity, PATH), reason]),
  )
  return page(PATH, 'Drills', [
    `A drill is a load scenario as it is played to prove the alerts: what is special about the servers, what is done to them meanwhile, and which alerts must fire and resolve. All that a drill does not name must stay silent in it. What they showed last is in the ${linkTo('proof', PATH, 'docs/reference/proof.md')}.`,
    codeBlock('./petrel prove --only wrong-path'),
    table([
      ['drill', 'scenario', 'what is special about the servers', 'must fire', 'in CI'],
      ...DRILLS.map(drill => [
        code(drill.name),
        linkTo(code(drill.scenario), PATH, `docs/reference/scenarios/${drill.scenario}.md`),
        drill.when ?? scenarioSummary(drill),
        firingsText(drill, PATH),
        drill.inCi ? 'yes' : '',
      ]),
    ]),
    'Where nobody cares whether an alert fires:',
    table([['drill', 'alert', 'why'], ...indifferent]),
  ])
}

const scenarioSummary = ({ scenario }: Drill) =>
  SCENARIOS.find(({ name }) => name === scenario)?.summary ?? ''

/** The alerts that a drill must fire, with links to their runbooks. */
export const firingsText = ({ fires }: Drill, from: string): string =>
  fires.map(({ alert, severity }) => alertText(alert, severity, from)).join(', ') || 'nothing'

function alertText(alert: string, severity: string | undefined, from: string): string {
  const link = linkTo(alert, from, `docs/runbooks/${alert}.md`)
  return severity === undefined ? link : `${link} (${severity})`
}
