import { escapeControl, escapeHtml } from '#core'

/** Markup that may stand in a page as it is. Only `html` makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | readonly Part[]

/**
 * Builds markup; everything that is put in and is not markup itself is escaped, with control characters and
 * direction overrides made visible. For HTML and SVG, in content and in quoted attributes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + written(parts[index] ?? '')).join(''))
}

function written(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'string' || typeof part === 'number') {
    return escapeHtml(escapeControl(String(part).toWellFormed()))
  }
  return part.map(written).join('')
}
