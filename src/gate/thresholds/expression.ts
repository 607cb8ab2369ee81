import jsep from 'jsep'
import { PetrelError } from '#core'

/** A figure by its path, as `firstMessageMs.p95` → `['firstMessageMs', 'p95']`. */
export type Path = readonly string[]
/** What a figure is; undefined when the run has none of it. */
export type Lookup = (path: Path) => number | undefined

export interface Expression {
  text: string
  /** Every figure that it reads. */
  paths: readonly Path[]
  /** Undefined when a figure is missing, or where it divides by zero. */
  value(lookup: Lookup): number | undefined
}

type Compiled = (lookup: Lookup) => number | undefined

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/**
 * Compiles arithmetic over figures: numbers, paths, `+ - * /`, brackets. The text is parsed and walked, never run.
 * @throws PetrelError `bad_expression`
 */
export function compileExpression(text: string): Expression {
  const paths: Path[] = []
  let tree: jsep.Expression
  try {
    tree = jsep(text)
  } catch (cause) {
    throw bad(text, cause instanceof Error ? cause.message : 'it cannot be read')
  }
  const compiled = compile(tree, text, paths)
  return {
    text,
    paths,
    value(lookup) {
      const value = compiled(lookup)
      return value !== undefined && Number.isFinite(value) ? value : undefined
    },
  }
}

function compile(node: jsep.Expression, text: string, paths: Path[]): Compiled {
  if (node.type === 'Literal' && typeof node.value === 'number') {
    const { value } = node
    return () => value
  }
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const inner = compile(node.argument as jsep.Expression, text, paths)
    return lookup => {
      const value = inner(lookup)
      return value === undefined ? undefined : -value
    }
  }
  if (node.type === 'BinaryExpression' && typeof node.operator === 'string') {
    const operate = Object.hasOwn(OPERATORS, node.operator) ? OPERATORS[node.operator] : undefined
    if (!operate) throw bad(text, `"${node.operator}" is none of ${Object.keys(OPERATORS).join(' ')}`)
    const left = compile(node.left as jsep.Expression, text, paths)
    const right = compile(node.right as jsep.Expression, text, paths)
    return lookup => {
      const a = left(lookup)
      const b = right(lookup)
      return a === undefined || b === undefined ? undefined : operate(a, b)
    }
  }
  const path = pathOf(node)
  if (!path) throw bad(text, `only figures, numbers and arithmetic may stand in it (${node.type})`)
  paths.push(path)
  return lookup => lookup(path)
}

function pathOf(node: jsep.Expression): Path | undefined {
  if (node.type === 'Identifier') return [String(node.name)]
  if (node.type !== 'MemberExpression') return undefined
  const owner = pathOf(node.object as jsep.Expression)
  const property = node.property as jsep.Expression
  if (!owner) return undefined
  if (!node.computed) return property.type === 'Identifier' ? [...owner, String(property.name)] : undefined
  return property.type === 'Literal' ? [...owner, String(property.value)] : undefined
}

const bad = (text: string, why: string) =>
  new PetrelError('bad_expression', `"${text}" is no arithmetic over figures: ${why}`, {
    hint: 'write it as usable / attempts, or firstMessageMs.p95 - connectMs.p95',
  })
