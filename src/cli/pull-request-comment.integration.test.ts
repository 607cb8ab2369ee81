import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { COMMENT_MARK } from '#gate'
import { type GitHub, readGitHub, writeComment } from './pull-request-comment.ts'

const TOKEN = 'ghs_secret'
const BOT = 'github-actions[bot]'

interface Comment {
  id: number
  body: string
  user: { login: string } | null
}

/** What GitHub does with the comments of pull request 7, as its documentation says. */
function fakeGitHub(options: { refuses?: number; login?: string } = {}) {
  const comments: Comment[] = []
  const server = createServer(async (request, response) => {
    const answer = (status: number, content: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    }
    let text = ''
    for await (const chunk of request) text += chunk
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return answer(401, { message: 'Bad credentials' })
    if (pathname === '/user') {
      if (options.login === undefined)
        return answer(403, { message: 'Resource not accessible by integration' })
      return answer(200, { login: options.login })
    }
    const [perPage, page] = ['per_page', 'page'].map(name => Number(searchParams.get(name))) as [
      number,
      number,
    ]
    if (request.method === 'GET' && pathname === '/repos/o/r/issues/7/comments') {
      return answer(200, comments.slice((page - 1) * perPage, page * perPage))
    }
    if (options.refuses !== undefined) return answer(options.refuses, { message: 'no\u001b[31m' })
    const { body } = JSON.parse(text) as { body: string }
    if (body.length > 65_536) return answer(422, { message: 'Body is too long' })
    if (request.method === 'POST' && pathname === '/repos/o/r/issues/7/comments') {
      comments.push({ id: comments.length + 1, body, user: { login: options.login ?? BOT } })
      return answer(201, comments.at(-1))
    }
    const found = comments.find(({ id }) => pathname === `/repos/o/r/issues/comments/${id}`)
    if (request.method !== 'PATCH' || !found) return answer(404, { message: 'Not Found' })
    found.body = body
    return answer(200, found)
  })
  servers.push(server)
  return { server, comments }
}

const servers: Server[] = []
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-comment-'))
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function github(server: Server, event: object = { pull_request: { number: 7 } }): Promise<GitHub> {
  if (!server.listening) await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const eventPath = join(folder, 'event.json')
  writeFileSync(eventPath, JSON.stringify(event))
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return readGitHub({
    GITHUB_API_URL: api,
    GITHUB_TOKEN: TOKEN,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_EVENT_PATH: eventPath,
  })
}
const { signal } = new AbortController()
const summary = (text: string) => `${COMMENT_MARK}\n\n${text}\n`

test('the first run writes a comment, the next writes over it, wherever it stands', async () => {
  const { server, comments } = fakeGitHub()
  comments.push({ id: 900, body: 'looks good', user: { login: 'ann' } })
  const where = await github(server)
  expect(await writeComment(summary('one'), where, signal)).toBe('commented on pull request 7')
  // Two pages of talk before it.
  const talk = Array.from({ length: 150 }, (_, n) => ({ id: 1_000 + n, body: 'talk', user: null }))
  comments.unshift(...talk)
  expect(await writeComment(summary('two'), where, signal)).toBe('updated the comment on pull request 7')
  expect(comments.filter(({ body }) => body.startsWith(COMMENT_MARK)).map(({ body }) => body)).toEqual([
    summary('two'),
  ])
})

test('a comment with the mark by somebody else is left alone: he could write a verdict into it', async () => {
  const { server, comments } = fakeGitHub()
  comments.push({ id: 900, body: summary('held, honestly'), user: { login: 'mallory' } })
  expect(await writeComment(summary('one'), await github(server), signal)).toContain('commented on')
  expect(comments.map(({ body }) => body)).toEqual([summary('held, honestly'), summary('one')])
})

test("with a person's token the comments are that person's", async () => {
  const { server, comments } = fakeGitHub({ login: 'ann' })
  for (const text of ['one', 'two']) await writeComment(summary(text), await github(server), signal)
  expect(comments.map(({ body, user }) => [body, user?.login])).toEqual([[summary('two'), 'ann']])
})

test("a fork's token may not write: that is said, and is no failure", async () => {
  const { server, comments } = fakeGitHub({ refuses: 403 })
  const told = await writeComment(summary('one'), await github(server), signal)
  expect(told).toMatch(/^no comment: GitHub answers 403 to POST .*: no\\u001b\[31m; the job's summary has/)
  expect(told).not.toContain(TOKEN)
  expect(comments).toEqual([])
})

test('what GitHub cannot do is an error; without a pull request there is nothing to do', async () => {
  const { server } = fakeGitHub({ refuses: 502 })
  await expect(writeComment(summary('one'), await github(server), signal)).rejects.toThrow(
    'GitHub answers 502',
  )
  const push = await github(server, { ref: 'refs/heads/main' })
  expect(await writeComment(summary('one'), push, signal)).toBe('no comment: the job is of no pull request')
})

test('a summary that is too long is cut at the end of a line, and says so', async () => {
  const { server, comments } = fakeGitHub()
  const row = `| ${'x'.repeat(200)} |`
  await writeComment(summary(Array(1_000).fill(row).join('\n')), await github(server), signal)
  const [lines, last] = (comments[0]?.body ?? '').split('\n\nCut here: ')
  expect(last).toContain('The whole of it is in the summary')
  expect(lines?.split('\n').at(-1)).toBe(row)
})

test('what GitHub Actions has not set is named before anything is played', () => {
  expect(() => readGitHub({ GITHUB_API_URL: 'http://127.0.0.1:1' })).toThrow(
    '--comment without GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH',
  )
})
