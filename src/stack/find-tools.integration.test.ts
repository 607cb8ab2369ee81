import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FindOptions, obtain, waysHere } from './find-tools.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { gull, writeScript } from './testing.ts'
import type { Tool } from './tools/define.ts'

/** A Go that "compiles" a gull: as the real one, it names packages on stderr and writes to `-o`. */
const FAKE_GO = `
if [ "$1" = version ]; then echo go version go1.26.0 linux/amd64; exit; fi
while [ "$1" != -o ]; do shift; done
echo go: downloading example.com/feathers v1.0.0 >&2
echo example.com/feathers >&2
`
const builds = `${FAKE_GO}
printf '#!/bin/sh\\necho gull 2.1.0\\n' > "$2"; chmod +x "$2"`

const built: Tool = { ...gull, goPackage: 'example.com/gull' }

async function scene(go?: string) {
  const folder = await temporaryFolder('find')
  const at = (path: string) => join(folder.path, path)
  if (go) await writeScript(at('bin/go'), go)
  const lines: string[] = []
  const ctrlC = new AbortController()
  const options: FindOptions = {
    env: { PATH: `${at('bin')}:/usr/bin:/bin`, PETREL_GO: go ? at('bin/go') : undefined },
    cache: at('tools'),
    report: line => lines.push(line),
    signal: ctrlC.signal,
  }
  const left = () => (existsSync(at('tools')) ? readdirSync(at('tools')) : [])
  return { at, lines, ctrlC, options, left, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('what is nowhere is built, once: the next command finds it in the cache', async () => {
  await using here = await scene(builds)
  const [first] = await obtain([built], here.options)
  expect(first).toMatchObject({ name: 'gull', version: '2.1.0', source: 'built with go' })
  expect(here.left()).toEqual(['gull-2.1.0'])
  const [second] = await obtain([built], here.options)
  expect(second).toMatchObject({ path: first?.path, source: 'cache' })
})

test('two commands that build at the same moment are both right', async () => {
  await using here = await scene(builds)
  const [[one], [other]] = await Promise.all([obtain([built], here.options), obtain([built], here.options)])
  expect(one).toMatchObject({ version: '2.1.0' })
  expect(other).toEqual(one)
  expect(here.left()).toEqual(['gull-2.1.0'])
})

test('a long build says every few seconds how far it is', async () => {
  await using here = await scene(`${builds}\nuntil [ -e "$0.continue" ]; do sleep 0.1; done`)
  const { options, lines } = here
  const report = (line: string) => {
    lines.push(line)
    if (line.includes('compiled')) writeFileSync(here.at('bin/go.continue'), '')
  }
  const began = performance.now()
  await obtain([built], { ...options, report })
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(lines).toContainEqual(expect.stringMatching(/1 modules fetched, 1 packages compiled, \d+ s/))
})

test('Ctrl-C ends a build at once and leaves nothing', async () => {
  await using here = await scene(`${FAKE_GO}\necho $$ > "$0.pid"; exec sleep 1000`)
  const report = () => here.ctrlC.abort(new Error('interrupted'))
  const began = performance.now()
  await expect(obtain([built], { ...here.options, report })).rejects.toThrow('interrupted')
  expect(performance.now() - began).toBeLessThan(4_000)
  expect(here.left()).toEqual([])
})

test('a tool that cannot be had names every way that was tried and every way to get it', async () => {
  await using here = await scene(`${FAKE_GO}\necho "feathers.go:1: no such bird" >&2; exit 1`)
  await expect(obtain([built], here.options)).rejects.toMatchObject({
    code: 'tool_missing',
    message: expect.stringMatching(/^gull ≥ 2\.0\.0 is not here \(tried: go build: .*no such bird\)$/s),
    hint: expect.stringMatching(/^put gull ≥ 2\.0\.0 on PATH, or name it in PETREL_GULL; or install Go/),
  })
  expect(here.left()).toEqual([])
})

test('a build that is not the tool is thrown away', async () => {
  await using here = await scene(builds.replace('gull 2.1.0', 'tern 2.1.0'))
  await expect(obtain([built], here.options)).rejects.toMatchObject({
    message: expect.stringContaining('what came is not gull ≥ 2.0.0'),
  })
  expect(existsSync(join(here.options.cache, 'gull-2.1.0', 'gull'))).toBe(false)
})

test('a host that cannot be reached is tried once for all tools, then the next way is taken', async () => {
  await using here = await scene(builds)
  let connections = 0
  const silent = createServer(socket => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>(ready => silent.listen(0, '127.0.0.1', ready))
  const { port } = silent.address() as { port: number }
  const released = (name: string): Tool => ({
    ...built,
    name,
    release: {
      name,
      archive: () => `http://127.0.0.1:${port}/${name}.tar.gz`,
      checksums: `http://127.0.0.1:${port}/sums`,
      binaries: ['gull'],
    },
  })
  try {
    const found = await obtain([released('gull'), released('herring-gull')], here.options)
    expect(found.map(({ name, source }) => [name, source])).toEqual([
      ['gull', 'built with go'],
      ['herring-gull', 'built with go'],
    ])
    expect(connections).toBe(1)
  } finally {
    await new Promise(closed => silent.close(closed))
  }
})

test('without Go, release and apt there is no way here, and offline fewer', async () => {
  await using here = await scene()
  const { cache } = here.options
  const release = { name: 'gull', archive: () => 'http://127.0.0.1:9/gull.tgz', checksums: '', binaries: [] }
  expect(await waysHere(gull, { env: { PATH: '' }, cache })).toEqual([])
  expect(await waysHere({ ...gull, release }, { env: {}, cache })).toEqual(['its release'])
  expect(await waysHere({ ...gull, release }, { env: { PETREL_OFFLINE: '1' }, cache })).toEqual([])
})
