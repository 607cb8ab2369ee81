import type { Tool } from './define.ts'

export const chromium: Tool = {
  name: 'chromium',
  binaries: ['chromium', 'chromium-browser', 'google-chrome'],
  versionArgs: ['--version', '--no-sandbox'],
  versionPattern: /(?:Chromium|Google Chrome) (\d+\.\d+\.\d+)/,
  minimum: '110.0.0',
  aptPackage: 'chromium',
}
