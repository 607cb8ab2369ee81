import { alertmanager, amtool } from './alertmanager.ts'
import { chromium } from './chromium.ts'
import type { Tool } from './define.ts'
import { k6 } from './k6.ts'
import { nginx } from './nginx.ts'
import { prometheus, promtool, promtool3 } from './prometheus.ts'
import { redisServer } from './redis-server.ts'

export const TOOLS = {
  k6,
  prometheus,
  promtool,
  'promtool-3': promtool3,
  alertmanager,
  amtool,
  'redis-server': redisServer,
  nginx,
  chromium,
} as const satisfies Record<string, Tool>
export type ToolName = keyof typeof TOOLS
