import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { escapeControl, PetrelError } from '#core'
import { COMMENT_MARK } from '#gate'
import type { Io } from './io.ts'

/** GitHub takes so many characters in a comment. */
const MOST_CHARACTERS = 65_536
const CUT =
  '\n\nCut here: it is longer than a comment may be. The whole of it is in the summary of the job.\n'
const PAGE = 100
/** A pull request with more comments than these gets a new one. */
const MOST_PAGES = 50
const LIMIT_MS = 15_000
/** Who writes with the token that a workflow is given. */
const WORKFLOW_USER = 'github-actions[bot]'

const eventSchema = z.object({ pull_request: z.object({ number: z.number().int().positive() }).optional() })
const commentsSchema = z.array(
  z.object({ id: z.number(), body: z.string().nullable(), user: z.object({ login: z.string() }).nullable() }),
)

/** Where GitHub Actions says that it is. */
export interface GitHub {
  api: string
  token: string
  repository: string
  eventPath: string
}

/**
 * Reads what GitHub Actions gives to a job.
 * @throws PetrelError `bad_option` when a part is missing
 */
export function readGitHub(env: Io['env']): GitHub {
  const needed = ['GITHUB_API_URL', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_EVENT_PATH'] as const
  const missing = needed.filter(name => !env[name])
  if (missing.length > 0) {
    throw new PetrelError('bad_option', `--comment without ${missing.join(', ')}`, {
      hint: 'GitHub Actions sets them, but for the token: env: { GITHUB_TOKEN: the token of the job }',
    })
  }
  const [api = '', token = '', repository = '', eventPath = ''] = needed.map(name => env[name])
  return { api, token, repository, eventPath }
}

/**
 * Writes the one comment of the gate on the pull request of a job, over that of an earlier run. Says what it did; a
 * token that may not write, as a fork's, is no failure.
 * @throws Error when GitHub does not answer as it should
 */
export async function writeComment(body: string, github: GitHub, signal: AbortSignal): Promise<string> {
  const event = eventSchema.parse(JSON.parse(await readFile(github.eventPath, 'utf8')))
  const number = event.pull_request?.number
  if (number === undefined) return 'no comment: the job is of no pull request'
  const call = caller(github, signal)
  const issue = `/repos/${github.repository}/issues`
  try {
    const own = await findOwn(call, `${issue}/${number}/comments`)
    const content = { body: fitted(body) }
    if (own === undefined) await call('POST', `${issue}/${number}/comments`, content)
    else await call('PATCH', `${issue}/comments/${own}`, content)
    return `${own === undefined ? 'commented on' : 'updated the comment on'} pull request ${number}`
  } catch (error) {
    if (error instanceof Refused) return `no comment: ${error.message}; the job's summary has the result`
    throw error
  }
}

/** The comment that an earlier run wrote. Anybody can write the mark: it must be of the same author. */
async function findOwn(call: Call, path: string): Promise<number | undefined> {
  const author = await authorOf(call)
  for (let page = 1; page <= MOST_PAGES; page++) {
    const comments = commentsSchema.parse(await call('GET', `${path}?per_page=${PAGE}&page=${page}`))
    const own = comments.find(({ body, user }) => body?.startsWith(COMMENT_MARK) && user?.login === author)
    if (own) return own.id
    if (comments.length < PAGE) return undefined
  }
  return undefined
}

/** The token of a workflow may not ask who it is; a person's may. */
async function authorOf(call: Call): Promise<string> {
  try {
    return z.object({ login: z.string() }).parse(await call('GET', '/user')).login
  } catch (error) {
    if (error instanceof Refused) return WORKFLOW_USER
    throw error
  }
}

/** The token may not do it. */
class Refused extends Error {}

type Call = (method: 'GET' | 'POST' | 'PATCH', path: string, content?: object) => Promise<unknown>

function caller({ api, token }: GitHub, signal: AbortSignal): Call {
  return async (method, path, content) => {
    const response = await fetch(`${api.replace(/\/$/, '')}${path}`, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'petrel',
        'x-github-api-version': '2022-11-28',
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    const told = `GitHub answers ${response.status} to ${method} ${path.split('?')[0]}: ${said(text)}`
    if (response.status === 401 || response.status === 403 || response.status === 404) throw new Refused(told)
    throw new Error(told)
  }
}

/** GitHub's own word for it. */
function said(text: string): string {
  try {
    return escapeControl(z.object({ message: z.string() }).parse(JSON.parse(text)).message)
  } catch {
    return 'it says nothing more'
  }
}

/** Cut at the end of a line, so that no row of a table is cut in two. */
function fitted(body: string): string {
  if (body.length <= MOST_CHARACTERS) return body
  const kept = body.slice(0, MOST_CHARACTERS - CUT.length)
  return `${kept.slice(0, kept.lastIndexOf('\n'))}${CUT}`
}
