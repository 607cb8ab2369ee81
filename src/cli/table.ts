/** Lines of a table with aligned columns, for people: the first row is its head, numbers stand to the right. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  )
  const isNumeric = (column: number) =>
    rows.length > 1 && rows.slice(1).every(row => /^[-\d]/.test(row[column] ?? '-'))
  const lines = rows.map(row =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        return isNumeric(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map(width => '─'.repeat(width)).join('──'))
  return lines
}

export const indented = (lines: readonly string[]) => lines.map(line => `  ${line}`)

/** A time in a table; a dash where there is none. */
export const secondsText = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} s`)
