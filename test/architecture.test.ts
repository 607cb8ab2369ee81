import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Who may import whom. `bench/`, `test/` and `examples/` may import anything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  server: ['src/instrument', 'src/catalog', 'src/protocol', 'src/core'],
  loadtests: ['src/protocol', 'src/catalog', 'src/client/policies'],
  dashboards: ['src/catalog', 'src/slo', 'src/core'],
  chaos: ['src/run', 'src/proxy', 'src/client', 'src/catalog', 'src/core'],
  'src/protocol': [],
  'src/core': [],
  'src/catalog': ['src/core (types)', 'src/protocol'],
  'src/slo': ['src/core'],
  'src/instrument': ['src/protocol', 'src/catalog', 'src/core'],
  'src/client': ['src/protocol', 'src/core'],
  'src/check': ['src/protocol', 'src/catalog', 'src/core'],
  'src/proxy': ['src/protocol', 'src/core', 'src/instrument'],
  'src/stack': ['src/core'],
  'src/run': ['src/stack', 'src/catalog', 'src/protocol', 'src/core'],
  'src/report': ['src/core'],
  'src/gate': ['src/run', 'src/report', 'src/stack', 'src/catalog', 'src/core'],
  'src/prove': ['src/run', 'src/report', 'dashboards', 'src/slo', 'src/catalog', 'src/core'],
  'src/up': [
    'src/prove',
    'src/run',
    'src/report',
    'src/stack',
    'dashboards',
    'src/slo',
    'src/catalog',
    'src/core',
  ],
  'src/replay': ['src/run', 'src/client', 'src/catalog', 'src/core'],
  'src/cli': [
    'src/protocol',
    'src/core',
    'src/catalog',
    'src/slo',
    'src/instrument',
    'src/client',
    'src/check',
    'src/proxy',
    'src/stack',
    'src/run',
    'src/gate',
    'src/prove',
    'src/up',
    'src/report',
    'src/replay',
    'dashboards',
    'chaos',
    'server',
  ],
}
/** Of the command line, these alone may reach into the server. */
const SERVER_USERS = [
  'src/cli/commands/serve.ts',
  'src/cli/environment.ts',
  'src/cli/reference/configuration.ts',
  'src/cli/reference/traces.ts',
  'src/cli/settings.ts',
]
/** What k6 loads: no npm package, no Node module, relative imports alone. */
const LOADED_BY_K6 = ['loadtests/scenarios', 'loadtests/lib']
/** Folders that k6 can load as a whole: paths are relative throughout, also where k6 does not reach yet. */
const RELATIVE_THROUGHOUT = ['src/protocol', 'src/catalog', 'src/client/policies', 'src/core']

interface Import {
  from: string
  specifier: string
  typeOnly: boolean
}

const subpaths = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).imports as Record<
  string,
  string
>

function sources(): string[] {
  return globSync('{src,server,loadtests,dashboards,chaos}/**/*.ts', { cwd: root })
    .filter(file => !/\.test\.ts$/.test(file) && !/(^|\/)(testing|sample)\.ts$/.test(file))
    .toSorted()
}

/** The imports of one source, by the compiler's own parser. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : undefined
      const names = clause?.namedBindings
      const allTypes =
        names !== undefined &&
        ts.isNamedImports(names) &&
        names.elements.length > 0 &&
        names.elements.every(element => element.isTypeOnly)
      const typeOnly = ts.isImportDeclaration(node)
        ? clause?.isTypeOnly === true || allTypes
        : node.isTypeOnly
      found.push({ from: file, specifier: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly })
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) {
        found.push({ from: file, specifier: argument.text, typeOnly: false })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return found
}

/** Path of the imported file from the root, or nothing for a package. */
function target({ from, specifier }: Import): string | undefined {
  if (specifier.startsWith('#')) return subpaths[specifier]?.replace('./', '')
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(from), specifier))
  return undefined
}

function folderOf(file: string): string {
  if (file.startsWith('src/client/policies/')) return 'src/client/policies'
  return file.startsWith('src/') ? file.split('/').slice(0, 2).join('/') : (file.split('/')[0] ?? '')
}

function forbidden(entry: Import): string | undefined {
  const to = target(entry)
  if (to === undefined) return entry.specifier.startsWith('#') ? 'is no subpath of package.json' : undefined
  const home = folderOf(entry.from)
  const owner = home === 'src/client/policies' ? 'src/client' : home
  const other = folderOf(to)
  if (owner === other || (owner === 'src/client' && other === 'src/client/policies')) return undefined
  if (other === 'server' && !SERVER_USERS.includes(entry.from)) return 'reaches into the server'
  const allowed = MAY_IMPORT[owner] ?? []
  if (allowed.includes(other)) return undefined
  if (entry.typeOnly && allowed.includes(`${other} (types)`)) return undefined
  return `${owner} may not import ${other}`
}

const imports = sources().flatMap(file => importsOf(file, readFileSync(join(root, file), 'utf8')))

test('there are sources to look at, each in a folder with a rule', () => {
  expect(sources().length).toBeGreaterThan(50)
  const unruled = sources().filter(file => {
    const home = folderOf(file)
    return !(home in MAY_IMPORT) && home !== 'src/client/policies'
  })
  expect(unruled).toEqual([])
})

test('nobody imports what the design does not allow', () => {
  const wrong = imports.flatMap(entry => {
    const why = forbidden(entry)
    return why ? [`${entry.from} → ${entry.specifier}: ${why}`] : []
  })
  expect(wrong).toEqual([])
})

test('an arrow that the design does not know would be found', () => {
  const planted = importsOf('src/core/planted.ts', "import { METRICS } from '#catalog'")
  expect(planted.map(forbidden)).toEqual(['src/core may not import src/catalog'])
  const reaching = importsOf('src/run/planted.ts', "import { app } from '../../server/app.ts'")
  expect(reaching.map(forbidden)).toEqual(['reaches into the server'])
  const value = importsOf('src/catalog/codes/planted.ts', "import { EXIT } from '../../core/exit.ts'")
  expect(value.map(forbidden)).toEqual(['src/catalog may not import src/core'])
})

test('inside a folder paths are relative, across folders they are subpaths that never climb', () => {
  const k6Reaches = reachableFromK6()
  const wrong = imports.filter(entry => {
    const to = target(entry)
    const home = folderOf(entry.from)
    if (to === undefined || k6Reaches.has(entry.from) || RELATIVE_THROUGHOUT.includes(home)) return false
    // The policies are a folder of the client that k6 may load; to the client they are its own.
    const same = to.startsWith(`${home}/`)
    return entry.specifier.startsWith('#') === same && !SERVER_USERS.includes(entry.from)
  })
  expect(wrong.map(entry => `${entry.from} → ${entry.specifier}`)).toEqual([])
})

/** Every file that a scenario pulls into k6, by its imports that remain at run time. */
function reachableFromK6(): Set<string> {
  const waiting = sources().filter(file => LOADED_BY_K6.some(folder => file.startsWith(`${folder}/`)))
  const seen = new Set<string>()
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const entry of imports) {
      if (entry.from !== file || entry.typeOnly) continue
      const to = target(entry)
      if (to) waiting.push(to)
    }
  }
  return seen
}

test('what k6 loads has relative imports with an extension, and nothing from npm or Node', () => {
  const reached = reachableFromK6()
  expect(reached.size).toBeGreaterThan(10)
  const wrong = imports.filter(
    ({ from, specifier, typeOnly }) =>
      reached.has(from) &&
      !typeOnly &&
      !/^\.{1,2}\/.*\.ts$/.test(specifier) &&
      !/^k6(\/(http|metrics|websockets|execution|timers|data|encoding|crypto))?$/.test(specifier),
  )
  expect(wrong.map(entry => `${entry.from} → ${entry.specifier}`)).toEqual([])
})

test('sources run on Node 22: no `using` declarations', () => {
  const wrong = sources().filter(file =>
    /^\s*(await\s+)?using\s+\w+\s*=/m.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(wrong).toEqual([])
})

test('every subpath of package.json leads to a file', () => {
  const missing = Object.values(subpaths).filter(path => !existsSync(join(root, path)))
  expect(missing).toEqual([])
})
