import type { FoundTool } from '#stack'

/** The programs that a watched run needs. */
export type RunTools = Readonly<Record<'k6' | 'prometheus' | 'alertmanager', FoundTool>>

/** What a proof needs beside: a store that it can take away. */
export type ProofTools = RunTools & Readonly<Record<'redis-server', FoundTool>>
