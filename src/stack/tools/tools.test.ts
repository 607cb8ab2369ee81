import { expect, test } from 'vitest'
import type { Tool } from './define.ts'
import { TOOLS } from './index.ts'

/** What each prints about itself, as seen in Debian 12 and in the projects' own releases. */
const VERSIONS: Record<keyof typeof TOOLS, [string, string][]> = {
  k6: [['k6 v2.2.0 (commit/devel, go1.26.8, linux/amd64)', '2.2.0']],
  prometheus: [
    ['prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+b5)', '2.42.0'],
    ['prometheus, version 3.8.0 (branch: HEAD, revision: abc)', '3.8.0'],
  ],
  promtool: [['promtool, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+b5)', '2.42.0']],
  'promtool-3': [
    ['promtool, version 3.5.3+ds1 (branch: debian/sid, revision: 3.5.3+ds1-6)', '3.5.3'],
    ['promtool, version 3.8.0 (branch: HEAD, revision: abc)', '3.8.0'],
  ],
  alertmanager: [['alertmanager, version 0.25.0 (branch: debian/sid, revision: 0.25.0-1+b5)', '0.25.0']],
  amtool: [['amtool, version 0.25.0 (branch: debian/sid, revision: 0.25.0-1+b5)', '0.25.0']],
  'redis-server': [
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=3f5b9ae1', '7.0.15'],
  ],
  nginx: [['nginx version: nginx/1.22.1', '1.22.1']],
  chromium: [
    ['Chromium 156.0.8078.21 built on Debian GNU/Linux 12 (bookworm)', '156.0.8078'],
    ['Google Chrome 156.0.8078.21 ', '156.0.8078'],
  ],
}

const isSameProgram = (one: Tool, other: Tool) => one.binaries[0] === other.binaries[0]

test.each(Object.entries(TOOLS))('%s is known by its own words and no other program’s', (name, tool) => {
  expect(tool.name).toBe(name)
  for (const [owner, lines] of Object.entries(VERSIONS)) {
    const isOwn = isSameProgram(tool, TOOLS[owner as keyof typeof TOOLS])
    for (const [line, version] of lines) {
      expect(tool.versionPattern.exec(line)?.[1], line).toBe(isOwn ? version : undefined)
    }
  }
})

test('a tool that Petrel fetches or builds has a pinned version, and its release is for that one', () => {
  for (const tool of Object.values(TOOLS)) {
    const { release, pinned = 'none' } = tool as Tool
    if (!release) continue
    expect(release.archive('linux', 'x64')).toContain(pinned)
    expect(release.checksums).toContain(pinned)
    expect(release.archive('linux', 'mips')).toBeUndefined()
    expect(release.binaries).toContain(tool.binaries[0])
  }
})
