import type { GeneratedFile } from '#dashboards'
import { SPANS } from '../../../server/telemetry/spans.ts'
import { TELEMETRY_VARIABLES } from '../environment.ts'
import { code, codeBlock, linkTo, page, table } from './page.ts'

/** The spans that the server makes, and how they are turned on. */
export function tracesPage(): GeneratedFile {
  const path = 'traces.md'
  return page(path, 'Traces', [
    `The reference server makes traces with OpenTelemetry when one of its standard variables asks for it: an endpoint, or an exporter. Without one the SDK is not even loaded.`,
    codeBlock('OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 ./petrel serve'),
    table([
      ['span', 'kind', 'what it covers', 'what it belongs to', 'attributes'],
      ...SPANS.map(({ name, kind, covers, relation, attributes }) => [
        code(name),
        kind,
        covers,
        relation,
        attributes.map(code).join(', '),
      ]),
    ]),
    `No span, and no trace, is as long as a connection: ${linkTo('decision 0008', path, 'docs/adr/0008-no-span-as-long-as-a-connection.md')} says why. Neither a query nor a header is in a span, since tokens may be in them.`,
    `Log lines of a connection and of a request carry its ${code('trace_id')} and ${code('span_id')} beside the ${code('task_id')}; ${linkTo('exemplars', path, 'docs/reference/metrics/README.md')} lead from a histogram to a trace.`,
    '## Variables',
    `The SDK reads its standard variables itself. These decide most:`,
    table([
      ['variable', 'what it does'],
      ...TELEMETRY_VARIABLES.map(({ variable, meaning }) => [code(variable), meaning]),
    ]),
    'Metrics are scraped and logs are lines on stdout: neither is exported a second time. A collector that does not answer costs at most 2,048 spans of memory, and two seconds of a stop.',
  ])
}
