import type { LoadSettings } from './settings.ts'

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
