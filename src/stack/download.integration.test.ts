import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { checksumOf, download } from './download.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { writeScript } from './testing.ts'

const NAME = 'gull-2.1.0.linux-amd64.tar.gz'
let archive: Buffer
let sum: string

beforeAll(async () => {
  await using folder = await temporaryFolder('release')
  await writeScript(join(folder.path, 'gull-2.1.0/bin/gull'), 'echo gull 2.1.0')
  await writeScript(join(folder.path, 'gull-2.1.0/bin/gulltool'), 'echo gulltool 2.1.0')
  await execa('tar', ['-czf', NAME, 'gull-2.1.0'], { cwd: folder.path })
  archive = readFileSync(join(folder.path, NAME))
  sum = createHash('sha256').update(archive).digest('hex')
})

type Answer = (response: ServerResponse) => void
const sends =
  (body: string | Buffer): Answer =>
  response =>
    void response.end(body)

/** A place for releases: what it answers to `/sums` and to the archive, everything else is 404. */
async function startReleases(answers: { sums?: Answer; archive?: Answer }) {
  const server = createServer((request, response) => {
    const answer = request.url === '/sums' ? answers.sums : answers.archive
    if (request.url === '/moved') response.writeHead(302, { location: `/${NAME}` }).end()
    else if (answer) answer(response)
    else response.writeHead(404).end('not here')
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(closed => server.close(closed))
    },
  }
}

async function tryDownload(
  answers: { sums?: Answer; archive?: Answer },
  change: Partial<Parameters<typeof download>[0]> = {},
) {
  await using releases = await startReleases(answers)
  await using folder = await temporaryFolder('download')
  const target = join(folder.path, 'tools', 'gull-2.1.0')
  let error: unknown
  try {
    await download({
      archiveUrl: `${releases.url}/${NAME}`,
      checksumsUrl: `${releases.url}/sums`,
      binaries: ['gull', 'gulltool'],
      folder: target,
      silenceMs: 300,
      report: () => {},
      signal: new AbortController().signal,
      ...change,
    })
  } catch (thrown) {
    error = thrown
  }
  const tools = join(folder.path, 'tools')
  const version = existsSync(join(target, 'gulltool'))
    ? (await execa(join(target, 'gulltool'))).stdout
    : undefined
  return { error, left: existsSync(tools) ? readdirSync(tools) : [], version }
}

const rightSums: Answer = response => response.end(`${'0'.repeat(64)}  other.tar.gz\n${sum}  ${NAME}\n`)

test('a release that is what it says gives its programs, and nothing else', async () => {
  const { error, left, version } = await tryDownload({ sums: rightSums, archive: sends(archive) })
  expect(error).toBeUndefined()
  expect(left).toEqual(['gull-2.1.0'])
  expect(version).toBe('gulltool 2.1.0')
})

test('a redirect is followed, as release hosts need it', async () => {
  await using releases = await startReleases({ sums: rightSums, archive: sends(archive) })
  await using folder = await temporaryFolder('download')
  const sums: Answer = response => response.end(`${sum}  moved\n`)
  await using redirecting = await startReleases({ sums })
  await download({
    archiveUrl: `${releases.url}/moved`,
    checksumsUrl: `${redirecting.url}/sums`,
    binaries: ['gull'],
    folder: join(folder.path, 'gull'),
    report: () => {},
    signal: new AbortController().signal,
  })
  expect(readdirSync(join(folder.path, 'gull'))).toEqual(['gull'])
})

const half: Answer = response => {
  response.writeHead(200, { 'content-length': archive.length })
  response.write(archive.subarray(0, archive.length / 2), () => response.destroy())
}
const stalls: Answer = response => {
  response.writeHead(200, { 'content-length': archive.length })
  response.write(archive.subarray(0, 10))
}
const FAULTS: [string, Parameters<typeof tryDownload>[0], string, RegExp][] = [
  [
    'another checksum',
    { sums: r => r.end(`${'a'.repeat(64)}  ${NAME}\n`), archive: r => r.end(archive) },
    'checksum_mismatch',
    /its release says a{64}/,
  ],
  [
    'no checksum for this file',
    { sums: r => r.end(`${'a'.repeat(64)}  other\n`), archive: r => r.end(archive) },
    'checksum_mismatch',
    /has no checksum/,
  ],
  ['a cut archive', { sums: r => rightSums(r), archive: half }, 'download_failed', /could not be fetched/],
  [
    'an archive that stalls',
    { sums: r => rightSums(r), archive: stalls },
    'download_failed',
    /silent for 300 ms/,
  ],
  ['no archive', { sums: r => rightSums(r) }, 'download_failed', /HTTP 404/],
  ['no list of checksums', { archive: r => r.end(archive) }, 'download_failed', /HTTP 404/],
  ['a server that never answers', { sums: () => {} }, 'network_unreachable', /silent for 300 ms/],
  ['a server that hangs up', { sums: r => void r.destroy() }, 'network_unreachable', /could not be fetched/],
]

test.each(FAULTS)('%s: an error that says so, and nothing is left', async (_, answers, code, message) => {
  const { error, left } = await tryDownload(answers)
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(left).toEqual([])
})

test('an archive without the program, or that is none, leaves nothing', async () => {
  const without = await tryDownload(
    { sums: rightSums, archive: sends(archive) },
    { binaries: ['gull', 'albatross'] },
  )
  expect(without.error).toMatchObject({ code: 'download_failed', message: `${NAME} holds no albatross` })
  expect(without.left).toEqual([])
  const text = 'not an archive'
  const textSum = createHash('sha256').update(text).digest('hex')
  const none = await tryDownload({ sums: sends(`${textSum}  ${NAME}`), archive: sends(text) })
  expect(none.error).toMatchObject({ code: 'download_failed', message: `${NAME} could not be unpacked` })
  expect(none.left).toEqual([])
})

test('Ctrl-C in the middle of an archive leaves nothing', async () => {
  const ctrlC = new AbortController()
  const reason = new Error('interrupted')
  const halfway: Answer = response => {
    stalls(response)
    setImmediate(() => ctrlC.abort(reason))
  }
  const { error, left } = await tryDownload(
    { sums: rightSums, archive: halfway },
    { signal: ctrlC.signal, silenceMs: 30_000 },
  )
  expect(error).toBe(reason)
  expect(left).toEqual([])
})

test('lists of checksums come with and without the star of binary mode', () => {
  const hex = 'AB'.repeat(32)
  expect(checksumOf(`${hex} *./dist/${NAME}\n`, NAME)).toBe(hex.toLowerCase())
  expect(checksumOf(`${hex}  ${NAME}.sig\n`, NAME)).toBeUndefined()
  expect(checksumOf(`nonsense  ${NAME}\n`, NAME)).toBeUndefined()
})
