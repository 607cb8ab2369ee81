import type { FoundTool } from '#stack'

/** The programs that a watched run needs. */
export type RunTools = Readonly<Record<'k6' | 'prometheus' | 'alertmanager', FoundTool>>
