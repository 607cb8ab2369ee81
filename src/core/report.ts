/** Where a long operation says what it is doing: one short line without a line break. */
export type Report = (line: string) => void
