import { FAULT_MATCHES, FAULTS, type Fault, METRICS, UNMATCHED_FAULTS } from '#catalog'
import type { GeneratedFile } from '#dashboards'
import { AS_PLAYED } from '#run'
import { code, codeBlock, linkTo, page, table } from './page.ts'

const faults: readonly Fault<never>[] = Object.values(FAULTS)
const own: ReadonlySet<string> = new Set(Object.values(METRICS).map(({ name }) => name))

/** One page for each fault switch, and their list. */
export function faultPages(): GeneratedFile[] {
  return [
    page('faults/README.md', 'Fault switches', [
      'Bugs that the reference server can be told to have, so that alerts, dashboards and clients can be tried against them. All are off unless somebody turns them on.',
      table([
        ['switch', 'the bug', 'variants'],
        ...faults.map(({ name, description, variants }) => [
          `[${code(name)}](${name}.md)`,
          description,
          Object.keys(variants).map(code).join(', '),
        ]),
      ]),
      'At the start, one by one or from a file; the bare name means the first variant:',
      codeBlock(
        './petrel serve --fault send-in-catch --fault slow-history=1s\n./petrel serve --faults-file faults.json',
      ),
      'While the server runs, if it was started so. Only programs on this machine may, not through a proxy and not from a page in a browser; each change is logged as `fault_switched`:',
      codeBlock(
        `./petrel serve --fault-control loopback
curl http://127.0.0.1:8080/debug/faults
curl -X PUT http://127.0.0.1:8080/debug/faults/slow-history -H 'Content-Type: application/json' -d '{"variant": "1s"}'
curl -X PUT http://127.0.0.1:8080/debug/faults/slow-history -H 'Content-Type: application/json' -d '{"variant": "off"}'`,
      ),
      `What a session was given when it began it keeps: a change is for the sessions that begin after it, but for what is done at each event. ${metricLink('faults/README.md', METRICS.petrelFaultActive)} is 1 for each variant that is on.`,
    ]),
    ...faults.map(faultPage),
  ]
}

function faultPage({ name, description, variants, users, moves }: Fault<never>): GeneratedFile {
  const path = `faults/${name}.md`
  return page(path, code(name), [
    description,
    table([
      ['variant', ''],
      [code('off'), 'the server is healthy.'],
      ...Object.entries<string>(variants).map(([variant, does]) => [code(variant), does]),
    ]),
    codeBlock(`./petrel serve --fault ${name}=${Object.keys(variants).at(-1)}`),
    `**Users:** ${users}`,
    '**Metrics that reveal it:**',
    table([['metric', ''], ...moves.map(({ metric, how }) => [metricLink(path, metric), how])]),
    foundBy(name, path),
  ])
}

function foundBy(name: string, path: string): string {
  const matches = FAULT_MATCHES.filter(({ fault }) => fault === name)
  if (matches.length === 0) return `**Not found by \`petrel gate\`:** ${UNMATCHED_FAULTS[name]}.`
  const found = matches.map(
    ({ scenario, check }) =>
      `${linkTo(code(scenario), path, `docs/reference/scenarios/${scenario}.md`)} (${code(check)})`,
  )
  return `**Found by \`petrel gate\` with:** ${found.join(', ')}, on a server that is started as the gate starts its own: ${code(AS_PLAYED.join(' '))}.`
}

const metricLink = (from: string, { name }: { name: string }) =>
  own.has(name) ? linkTo(code(name), from, `docs/reference/metrics/${name}.md`) : code(name)
