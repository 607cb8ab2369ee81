import { cpus, release, totalmem, type } from 'node:os'

/** The machine in one line, for the head of a table. */
export function describeMachine(): string {
  const all = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}, ${gib} GiB, ${type()} ${release()}, Node ${process.version}`
}
