import { SCENARIOS, THRESHOLDS } from '#catalog'
import { tableLines } from '../table.ts'
import type { Seen } from './seen.ts'

/** What says something of any server: the control, the herd, clients that flap, the way back, the wrong path. */
const FOR_ANY: readonly string[] = ['healthy', 'harmless-burst', 'flapping-client', 'mass-drop']
const WRONG_PATH = 'wrong-path'
/** Where editors find what may stand in the file. */
const SCHEMA =
  'https://raw.githubusercontent.com/petrel-dev/petrel/main/docs/reference/schemas/petrel-config.schema.json'

/** `petrel.yaml` for a server, with what was seen of it and why things are as they are. */
export function configFile(seen: Seen): string {
  const { target, path, isOurs, metrics } = seen
  const looks = tableLines([
    ['', 'tried', 'seen', 'what it means'],
    ...seen.rows.map(row => [row.level, row.look, row.seen, row.meaning]),
  ])
  const served = THRESHOLDS.find(({ name, phase }) => name === 'served' && phase === 'recovery')
  return `# yaml-language-server: $schema=${SCHEMA}
# What \`petrel gate\` plays here, and what it holds the server to beside its catalogue.
# \`petrel config --gate\` shows every threshold that is in effect, and where it comes from.
#
# What petrel init saw:
${looks.map(line => `#   ${line.trimEnd()}`).join('\n')}
version: 1
gate:
  # Where the server listens while the gate runs; --target names another.
  target: ${quoted(target)}
${
  isOurs
    ? ''
    : `  # Path of its stream. It is not Petrel's, so clients make task ids up and stay as long as a task takes.
  path: ${quoted(path)}
`
}${
  metrics === undefined
    ? `  # Without metrics only the end of the clients is judged. petrel/instrument measures any \`ws\` server; then:
  # metrics: ${target}/metrics
`
    : `  # Both ends of the wire are laid against each other by it.
  metrics: ${quoted(metrics)}
`
}  # What is played, in place of a suite; petrel load --help names all.
  scenarios:
${scenariosFor(seen)
  .map(({ name, summary }) => `    # ${summary}\n    - ${name}`)
  .join('\n')}
  thresholds:
    '*':
      recovery:
        # Share of the attempts after the fault that were served. The catalogue's own limits, to begin with.
        served: { fail: ${quoted(served?.fail ?? '')}, warn: ${quoted(served?.warn ?? '')} }
`
}

/** A wrong path that is served cannot be refused: there the scenario would only tell what was seen. */
function scenariosFor({ rows }: Seen) {
  const misses = rows.filter(({ look }) => /^wrong path: (missing prefix|other)$/.test(look))
  const refuses = misses.length > 0 && misses.every(({ level }) => level === 'good')
  const names = refuses ? [...FOR_ANY, WRONG_PATH] : FOR_ANY
  return SCENARIOS.filter(({ name }) => names.includes(name))
}

/** A string of YAML, in which nothing but its end can end it. */
const quoted = (text: string) => JSON.stringify(text)
