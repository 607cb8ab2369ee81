import type { GeneratedFile } from '#dashboards'
import type { CliCommand } from '../commands/define.ts'
import { alertPages } from './alerts.ts'
import { codePages } from './codes.ts'
import { commandPage } from './commands.ts'
import { configurationFiles } from './configuration.ts'
import { drillPage } from './drills.ts'
import { faultPages } from './faults.ts'
import { metricPages } from './metrics.ts'
import { page } from './page.ts'
import { scenarioPages } from './scenarios.ts'
import { schemaFiles } from './schemas.ts'
import { tracesPage } from './traces.ts'

/** Everything under `docs/reference`, and the example of an environment. */
export function referenceFiles(commands: readonly CliCommand[]): GeneratedFile[] {
  return [
    page('README.md', 'Reference', [
      [
        '- [Commands](commands.md)',
        '- [Configuration](configuration.md)',
        '- [Metrics](metrics/README.md)',
        '- [Traces](traces.md)',
        '- [Alerts](alerts.md) and [compatibility of names](compatibility.md)',
        '- [Drills](drills.md), which prove the alerts, and [what they proved](proof.md)',
        '- [Load scenarios](scenarios/README.md) and [reconnect policies](policies.md)',
        '- [Fault switches](faults/README.md)',
        '- [Close codes](close-codes.md)',
        '- [Errors of the command line](errors.md)',
        ...schemaFiles().map(({ path }) => {
          const file = path.split('/').at(-1) ?? ''
          return `- [${file}](schemas/${file})`
        }),
      ].join('\n'),
    ]),
    commandPage(commands),
    ...configurationFiles(),
    ...metricPages(),
    ...alertPages(),
    tracesPage(),
    drillPage(),
    ...scenarioPages(),
    ...faultPages(),
    ...codePages(),
    ...schemaFiles(),
  ]
}
