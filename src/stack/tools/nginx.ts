import type { Tool } from './define.ts'

export const nginx: Tool = {
  name: 'nginx',
  binaries: ['nginx'],
  versionArgs: ['-v'],
  versionPattern: /^nginx version: nginx\/(\d+\.\d+\.\d+)/m,
  minimum: '1.18.0',
  aptPackage: 'nginx-light',
}
