import type { Tool } from './define.ts'

export const redisServer: Tool = {
  name: 'redis-server',
  binaries: ['redis-server'],
  versionArgs: ['--version'],
  versionPattern: /^Redis server v=(\d+\.\d+\.\d+)/m,
  minimum: '7.0.0',
  aptPackage: 'redis-server',
}
