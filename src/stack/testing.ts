import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Tool } from './tools/define.ts'

/** A tool that stands for any other: `gull`, version 2 or later. */
export const gull: Tool = {
  name: 'gull',
  binaries: ['gull', 'debian-gull'],
  versionArgs: ['--version'],
  versionPattern: /^gull (\d+\.\d+\.\d+)$/m,
  minimum: '2.0.0',
  pinned: '2.1.0',
}

/** Writes an executable shell script, with the folders above it. */
export async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}
