import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { toolCache } from './find-tools.ts'
import { atLeast, cachePath, locateTool, toolVariable } from './locate.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { gull, writeScript } from './testing.ts'
import { k6 } from './tools/k6.ts'

test('a tool is looked for in its variable, then on PATH, then in the cache', async () => {
  await using folder = await temporaryFolder('locate')
  const named = await writeScript(join(folder.path, 'somewhere/my gull'), 'echo gull 2.3.0')
  const onPath = await writeScript(join(folder.path, 'bin/gull'), 'echo gull 2.2.0')
  const cache = join(folder.path, 'cache')
  const cached = await writeScript(cachePath(gull, cache), 'echo gull 2.1.0')
  const PATH = `/nowhere:${join(folder.path, 'bin')}`

  expect(await locateTool(gull, { PATH, PETREL_GULL: named }, cache)).toEqual({
    name: 'gull',
    path: named,
    version: '2.3.0',
    source: 'PETREL_GULL',
  })
  expect(await locateTool(gull, { PATH }, cache)).toMatchObject({ path: onPath, source: 'PATH' })
  expect(await locateTool(gull, { PATH: '' }, cache)).toMatchObject({ path: cached, source: 'cache' })
  expect(await locateTool(gull, {}, join(folder.path, 'empty'))).toBeUndefined()
})

test('a tool that is named from here is found from everywhere: Prometheus starts in a folder of its own', async () => {
  await using folder = await temporaryFolder('locate')
  const here = (path: string) => relative(process.cwd(), join(folder.path, path))
  const path = await writeScript(join(folder.path, 'bin/gull'), 'echo gull 2.2.0')
  expect(await locateTool(gull, { PETREL_GULL: here('bin/gull') }, '/nowhere')).toMatchObject({ path })
  expect(await locateTool(gull, { PATH: here('bin') }, '/nowhere')).toMatchObject({ path })
  expect(toolCache({ PETREL_CACHE: here('cache') }, '/project')).toBe(join(folder.path, 'cache'))
})

test('a variable that names the wrong file is an error, not a reason to look elsewhere', async () => {
  await using folder = await temporaryFolder('locate')
  const good = await writeScript(join(folder.path, 'gull'), 'echo gull 2.2.0')
  const old = await writeScript(join(folder.path, 'old'), 'echo gull 1.9.9')
  for (const wrong of [old, '/bin/true', folder.path, join(folder.path, 'missing')]) {
    const env = { PATH: folder.path, PETREL_GULL: wrong }
    await expect(locateTool(gull, env, '/nowhere')).rejects.toMatchObject({
      code: 'tool_wrong',
      message: `PETREL_GULL=${wrong} is not gull ≥ 2.0.0`,
    })
  }
  expect(await locateTool(gull, { PATH: folder.path }, '/nowhere')).toMatchObject({ path: good })
})

test('what is too old, or only has the name, is passed over for a later one', async () => {
  await using folder = await temporaryFolder('locate')
  const at = (place: string) => join(folder.path, place)
  await writeScript(at('old/gull'), 'echo gull 1.9.9')
  await writeScript(at('other/gull'), 'echo "gull, the text editor 9.0.0"')
  await writeScript(at('fails/gull'), 'echo no such option >&2; exit 1')
  const debian = await writeScript(at('good/debian-gull'), 'echo gull 2.0.0 >&2')
  const PATH = ['old', 'other', 'fails', 'good'].map(at).join(':')
  expect(await locateTool(gull, { PATH }, '/nowhere')).toMatchObject({ path: debian, version: '2.0.0' })
})

test("npm's empty name-holder is not k6", async () => {
  await using folder = await temporaryFolder('locate')
  await writeScript(join(folder.path, 'k6'), 'echo "k6 1.0.0"')
  expect(await locateTool(k6, { PATH: folder.path }, '/nowhere')).toBeUndefined()
  await writeScript(join(folder.path, 'k6'), 'echo "k6 v0.58.0 (go1.24, linux/amd64)"')
  expect(await locateTool(k6, { PATH: folder.path }, '/nowhere')).toBeUndefined()
  await writeScript(join(folder.path, 'k6'), 'echo "k6 v2.2.0 (go1.26, linux/amd64)"')
  expect(await locateTool(k6, { PATH: folder.path }, '/nowhere')).toMatchObject({ version: '2.2.0' })
})

test('versions compare as numbers', () => {
  expect(atLeast('2.42.0', '2.42')).toBe(true)
  expect(atLeast('2.9.0', '2.42.0')).toBe(false)
  expect(atLeast('10.0.0', '9.9.9')).toBe(true)
  expect(atLeast('1.26', '1.21.5')).toBe(true)
})

test('a variable is spelt as shells can', () => {
  expect(toolVariable('redis-server')).toBe('PETREL_REDIS_SERVER')
})
