import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeOutFolder, writeKept, writeOut } from './out-folder.ts'

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'petrel-out-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('a folder is made with all above it; one that is there stays as it is', async () => {
  const folder = join(await temporary(), 'a', 'b', 'c')
  await makeOutFolder(folder)
  await writeOut(folder, 'result.json', '{}')
  await makeOutFolder(folder)
  expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe('{}')
})

test.each([
  ['a file in its place', async () => fileIn(await temporary())],
  ['a file above it', async () => join(await fileIn(await temporary()), 'below')],
  ['a parent that takes no entries', async () => '/proc/petrel-test/x'],
])('%s is told, with the path', async (_, where) => {
  const folder = await where()
  await expect(makeOutFolder(folder)).rejects.toMatchObject({
    code: 'out_unwritable',
    message: expect.stringContaining(folder),
  })
})

test('a result that is cut off does not stay, and one that was kept does', async () => {
  const folder = await temporary()
  await symlink('/dev/full', join(folder, 'result.json'))
  await expect(writeOut(folder, 'result.json', '{}')).rejects.toMatchObject({ code: 'out_unwritable' })
  await symlink('/dev/full', join(folder, 'kept.json.part'))
  await writeFile(join(folder, 'kept.json'), 'before')
  await expect(writeKept(join(folder, 'kept.json'), 'after')).rejects.toMatchObject({ code: 'report_failed' })
  expect(await readFile(join(folder, 'kept.json'), 'utf8')).toBe('before')
  await writeKept(join(folder, 'kept.json'), 'after')
  expect(await readFile(join(folder, 'kept.json'), 'utf8')).toBe('after')
  expect(await readdir(folder)).toEqual(['kept.json'])
})

test('a result that cannot be written is told, with its name', async () => {
  const folder = await temporary()
  await expect(writeOut(join(folder, 'gone'), 'result.json', '')).rejects.toMatchObject({
    code: 'out_unwritable',
    message: expect.stringContaining('result.json'),
  })
})

async function fileIn(folder: string): Promise<string> {
  const file = join(folder, 'file')
  await writeFile(file, '')
  return file
}
