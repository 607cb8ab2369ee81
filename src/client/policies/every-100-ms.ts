import type { ReconnectPolicy } from './define.ts'

export const every100Ms: ReconnectPolicy = {
  name: 'every-100-ms',
  summary: "The founding incident's client: comes back after 100 ms, whatever happened, without end.",
  next: (_last, state) => ({ wait: 100, state }),
}
