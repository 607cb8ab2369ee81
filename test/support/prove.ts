import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { type ProofResult, proofResultSchema } from '#prove'
import { type CommandRun, startCommand } from './command.ts'
import { schemaViolations } from './json-schema.ts'
import { requireTool } from './require-tool.ts'

/** Where the runs of a test file leave what they write; gone with the file's tests. */
export const proofFolder = mkdtempSync(join(tmpdir(), 'petrel-prove-'))
afterAll(() => rmSync(proofFolder, { recursive: true, force: true }))

/** Fails where one of them is missing and may not be. */
export const proofTools = () =>
  Promise.all((['k6', 'prometheus', 'alertmanager', 'redis-server'] as const).map(requireTool))

export interface Proved {
  code: number
  text: string
  result: ProofResult
}

/** Runs `petrel prove`, and holds what it writes to its schema, and what it leaves behind to nothing. */
export async function prove(
  name: string,
  args: readonly string[],
  {
    env = {},
    meanwhile,
  }: { env?: Record<string, string>; meanwhile?: (run: CommandRun) => Promise<void> } = {},
): Promise<Proved> {
  const out = join(proofFolder, name)
  using command = startCommand(['prove', ...args, '--out', out], { env })
  await meanwhile?.(command)
  const code = await command.exited
  process.stderr.write(command.err())
  expect(command.left()).toEqual([])
  expect(command.leftFiles()).toEqual([])
  const written = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
  expect(schemaViolations('proof-result', written)).toEqual([])
  return { code, text: command.out(), result: proofResultSchema.parse(written) }
}
