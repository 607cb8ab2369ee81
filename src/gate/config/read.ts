import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { errorText, PetrelError } from '#core'
import { type Config, configSchema } from './schema.ts'

/** A configuration with the place of everything in it. */
export interface ReadConfig {
  config: Config
  /** `petrel.yaml:12` for a path into the configuration. */
  place(path: readonly PropertyKey[]): string
}

/**
 * Reads the text of a `petrel.yaml`.
 * @throws PetrelError `bad_config` with everything that is wrong and its line
 */
export function readConfig(text: string, file: string): ReadConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`
  if (document.errors.length > 0) {
    const broken = document.errors.map(({ message, pos }) => `${at(pos[0])}: ${message}`)
    throw badConfig(file, [...bareAsterisks(text, file), ...broken])
  }
  const place = (path: readonly PropertyKey[]) => {
    const offset = offsetOf(document, path)
    return offset === undefined ? file : at(offset)
  }
  let content: unknown
  try {
    content = document.toJS()
  } catch (error) {
    // An alias of nothing, or so many that they would fill the memory.
    throw badConfig(file, [`${file}: ${errorText(error)}`])
  }
  const parsed = configSchema.safeParse(content)
  if (parsed.success) return { config: parsed.data, place }
  const problems = parsed.error.issues.map(issue => {
    const where = issue.path.map(String).join('.')
    return `${place(issue.path)}: ${where === '' ? '' : `${where}: `}${detail(issue as Issue)}`
  })
  throw badConfig(file, problems)
}

/** What makes YAML say something that nobody understands: `*` for every scenario, without its quotes an alias. */
const bareAsterisks = (text: string, file: string) =>
  text
    .split('\n')
    .flatMap((line, index) => (/^\s*\*\s*:/.test(line) ? [`${file}:${index + 1}: write '*' in quotes`] : []))

interface Issue {
  code?: string | undefined
  message: string
  path: PropertyKey[]
}

/** The innermost reason: why a key is none, and of the alternatives for one value that of the last and fullest. */
function detail(issue: Issue & { errors?: Issue[][]; issues?: Issue[] }): string {
  const inner = issue.issues ?? issue.errors?.at(-1) ?? []
  if (inner.length === 0) return issue.message
  return inner.map(({ message, path }) => `${path.map(String).join('.')} ${message}`.trim()).join('; ')
}

/** Where the key of a path stands, or the nearest one above it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents
  let offset: number | undefined
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(key))
    if (!pair) break
    offset = (pair.key as { range?: readonly number[] }).range?.[0] ?? offset
    node = pair.value
  }
  return offset
}

export function badConfig(file: string, problems: readonly string[]): PetrelError {
  return new PetrelError(
    'bad_config',
    `${file} is not what it should be${problems.length > 1 ? `, in ${problems.length} places` : ''}`,
    {
      hint: 'docs/reference/schemas/petrel-config.schema.json completes it in an editor; petrel config --gate shows the thresholds that are in effect',
      cause: new AggregateError(problems.map(problem => new Error(problem))),
    },
  )
}
