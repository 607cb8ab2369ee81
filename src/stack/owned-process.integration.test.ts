import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { startProcess } from './owned-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './wait.ts'

const sh = (script: string, more: Partial<Parameters<typeof startProcess>[0]> = {}) =>
  startProcess({ name: 'sh', command: '/bin/sh', args: ['-c', script], ...more })

/** False for a process that is gone, and for one that has ended and waits for its parent. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const patience = (what: string) => ({ what, timeoutMs: 10_000, signal: new AbortController().signal })

test('a process that ends by itself says how, with its last lines', async () => {
  await using child = await sh('echo one; echo two >&2; exit 7')
  expect(await child.exited).toEqual({ code: 7, signal: undefined })
  expect([...child.tail()].toSorted()).toEqual(['one', 'two'])
})

test('only the last lines are kept, all of them go to the log file and to the listener', async () => {
  await using folder = await temporaryFolder('log')
  const logFile = join(folder.path, 'seq.log')
  let heard = 0
  await using child = await sh('seq 1 1000', { logFile, onLine: () => (heard += 1) })
  await child.exited
  expect(child.tail()).toHaveLength(20)
  expect(child.tail().at(-1)).toBe('1000')
  expect(heard).toBe(1_000)
  expect(readFileSync(logFile, 'utf8').split('\n')).toHaveLength(1_001)
})

test('stop asks first: a process that tidies up does so', async () => {
  const child = await sh('trap "echo tidied; exit 0" TERM; echo ready; while :; do sleep 0.05; done')
  await until(() => child.tail().includes('ready'), patience('the trap'))
  await Promise.all([child.stop(), child.stop()])
  await child.stop()
  expect(await child.exited).toMatchObject({ code: 0 })
  expect(child.tail()).toContain('tidied')
})

test('stop forces what does not listen, after its grace', async () => {
  const child = await sh('trap "" TERM; echo ready; while :; do sleep 0.05; done', { graceMs: 200 })
  await until(() => child.tail().includes('ready'), patience('the trap'))
  const began = performance.now()
  await child.stop()
  expect(await child.exited).toEqual({ code: undefined, signal: 'SIGKILL' })
  expect(performance.now() - began).toBeGreaterThanOrEqual(200)
})

test('what a process started goes with it, also when it ends by itself', async () => {
  await using child = await sh('sleep 1000 & echo $!; exit 0')
  await child.exited
  const grandchild = Number(child.tail()[0])
  expect(grandchild).toBeGreaterThan(1)
  await until(() => !lives(grandchild), patience('the grandchild to be gone'))
})

test('a grandchild that left the group and kept the pipe does not hold up the end', async () => {
  const child = await sh('setsid sleep 1000 & echo $!; exit 3')
  expect(await child.exited).toMatchObject({ code: 3 })
  process.kill(Number(child.tail()[0]), 'SIGKILL')
})

test('the signal stops a process, and keeps another from starting', async () => {
  const ctrlC = new AbortController()
  const child = await sh('sleep 1000', { signal: ctrlC.signal })
  ctrlC.abort(new Error('interrupted'))
  expect(await child.exited).toMatchObject({ signal: 'SIGTERM' })
  expect(lives(child.pid)).toBe(false)
  await expect(sh('true', { signal: ctrlC.signal })).rejects.toThrow('interrupted')
})

test('a program that is not there is one clear error', async () => {
  const start = startProcess({ name: 'gull', command: '/nowhere/gull', args: [] })
  await expect(start).rejects.toMatchObject({
    code: 'process_start_failed',
    message: 'gull could not be started: /nowhere/gull',
  })
})

/** How an owner may end without stopping its children. */
const ENDS = [
  ['leaves', 'process.exit(3)', 3],
  ['throws', 'setTimeout(() => { throw new Error("a defect") })', 1],
  ['is told to end and handles nothing', 'process.kill(process.pid, "SIGTERM")', undefined],
  ['is interrupted and handles nothing', 'process.kill(process.pid, "SIGINT")', undefined],
] as const

test.each(ENDS)('an owner that %s takes its children with it', async (_, how, code) => {
  const entry = fileURLToPath(new URL('./owned-process.ts', import.meta.url))
  const script = `
    const { startProcess } = await import(${JSON.stringify(entry)})
    const child = await startProcess({ name: 'sleep', command: 'sleep', args: ['1000'] })
    console.log(child.pid)
    process.stdout.write('', () => { ${how} })
    setInterval(() => {}, 1_000)`
  const owner = await execa(process.execPath, ['--input-type=module', '-e', script], { reject: false })
  const child = Number(owner.stdout)
  expect(child).toBeGreaterThan(1)
  if (code === undefined) expect(owner.signal).toMatch(/^SIG(TERM|INT)$/)
  else expect(owner.exitCode).toBe(code)
  await until(() => !lives(child), patience('the child to be gone'))
})
