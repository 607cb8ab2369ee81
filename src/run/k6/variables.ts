import type { LoadSettings } from './settings.ts'

/** What a scenario reads of its environment; one that is there by chance would change the run. */
export const OF_A_SCENARIO =
  /^(TARGET|STREAM_PATH|CREATES_TASKS|CLIENTS|BAD_CLIENTS|ADDRESSES|SEGMENTS|POLICY|TASK_MS|SEED|START_AT|(WARMUP|STEADY|FAULT|RECOVERY)_MS|SHARED_(TASK|ENDS_AT|PACE_MS)|RESULT_FILE)$/

/** Variables by which a scenario is told of its crowd; what is not there, its own values decide. */
export function crowdVariables(settings: LoadSettings): Record<string, string> {
  return {
    ...optional('SEGMENTS', settings.segments),
    ...optional('CLIENTS', settings.clients),
    ...optional('BAD_CLIENTS', settings.badClients),
    ...optional('POLICY', settings.policy),
    ...optional('TASK_MS', settings.taskMs),
    ...optional('SEED', settings.seed),
    ...optional('STREAM_PATH', settings.pathTemplate),
    ...optional('CREATES_TASKS', settings.createsTasks),
  }
}

const optional = (name: string, value: string | number | boolean | undefined) =>
  value === undefined ? {} : { [name]: String(value) }
