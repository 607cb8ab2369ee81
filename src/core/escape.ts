const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe for HTML and SVG, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character)
}

/** Text from outside made safe for a terminal or a log line: control characters become visible escapes. */
export function escapeControl(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * A line from outside for a terminal that may be a CI runner's log: what GitHub's takes for a command begins a line
 * with `::`, with or without spaces before it, or holds `##[` anywhere.
 */
export function escapeLine(text: string): string {
  return escapeControl(text)
    .replaceAll('##[', '## [')
    .replace(/^\s*::/, match => `${match.slice(0, -1)} :`)
}

/** A URL that may be shown: without who logs in, and without a password in its query. One that is written wrongly too. */
export function withoutPassword(url: string): string {
  // To the last @: a password may hold others, and slashes, that should have been escaped.
  return url.replace(/\/\/.*@/, '//***@').replace(/([?&]password=)[^&#]*/gi, '$1***')
}
