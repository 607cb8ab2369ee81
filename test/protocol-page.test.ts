import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FIRST_MESSAGE_MS, LIVED_MS, SHORT_LIVED_MS } from '#catalog'
import {
  CLIENT_FRAME_TYPES,
  CLOSE,
  type CloseVerdict,
  closeVerdict,
  MAX_CLIENT_FRAME_BYTES,
  MAX_CLIENT_FRAMES_PER_SECOND,
  RESUME_RESULTS,
  SERVER_FRAME_TYPES,
  STREAM_PATH,
  STREAM_SUBPROTOCOL,
  TASK_KINDS,
  TASKS_PATH,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '#protocol'
import { READABLE_PER_SECOND } from '../server/admission/refuse.ts'
import { DEFAULT_SETTINGS } from '../server/settings/index.ts'
import { BASE_MS, CAP_MS, FIRST_CONNECT_ATTEMPTS, STABLE_MS } from '../src/client/policies/well-behaved.ts'

const page = readFileSync(join(import.meta.dirname, '..', 'PROTOCOL.md'), 'utf8')

/** The text under one heading, up to the next. */
function section(heading: string): string {
  const [, text] = page.split(`\n## ${heading}\n`)
  return text?.split('\n## ')[0] ?? ''
}

/** First cells of the tables in a text, without their code marks. */
const firstCells = (text: string) =>
  [...text.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '))

test('the paths are those of the sources', () => {
  expect(section('Connect')).toContain(`GET ${STREAM_PATH}?`)
  expect(section('Start')).toMatch(new RegExp(`POST +${TASKS_PATH} `))
  for (const kind of TASK_KINDS) expect(section('Start')).toContain(`\`${kind}\``)
})

test('every frame is described, and no frame that does not exist', () => {
  const described = firstCells(section('Server to client').split('### ')[0] ?? '').filter(
    cell => cell !== 'type',
  )
  expect(described.toSorted()).toEqual([...SERVER_FRAME_TYPES].toSorted())
  const own = firstCells(section('Client to server')).filter(cell => cell !== 'type')
  expect(own.toSorted()).toEqual([...CLIENT_FRAME_TYPES].toSorted())
})

test('every verdict of a resume is described', () => {
  const described = firstCells(section('Server to client').split('### Resuming')[1] ?? '')
  expect(described.filter(cell => cell !== 'resume').toSorted()).toEqual([...RESUME_RESULTS].toSorted())
})

test('every close code that the server sends is described, and no other', () => {
  const codes = [...section('Close codes').matchAll(/^\| (\d{4}) \| (?!is done)/gm)].map(([, code]) =>
    Number(code),
  )
  expect(codes).toEqual(Object.values(CLOSE).toSorted((a, b) => a - b))
})

test('the ranges of close codes are those that clients go by', () => {
  const told = (code: number): CloseVerdict => {
    if (code === 1000) return 'ended'
    const row = section('Close codes').match(/^\| (1001.*?) \| comes back/m)?.[1] ?? ''
    const ranges = [...row.matchAll(/(\d{4})(?:–(\d{4}))?/g)].map(([, from, to]) => [
      Number(from),
      Number(to ?? from),
    ])
    return ranges.some(([from = 0, to = 0]) => code >= from && code <= to) ? 'come_back' : 'stay_away'
  }
  for (let code = 1000; code < 5000; code++) expect([code, closeVerdict(code)]).toEqual([code, told(code)])
})

test.each([
  ['Connect', `failed ${DEFAULT_SETTINGS.loopFailures} times within a minute`],
  ['Connect', `held for ${DEFAULT_SETTINGS.loopHoldMs / 1_000} s`],
  ['Connect', `more than ${READABLE_PER_SECOND} such answers a second`],
  ['Connect', `'${STREAM_SUBPROTOCOL}', '${TOKEN_SUBPROTOCOL_PREFIX}'`],
  ['Client to server', `${MAX_CLIENT_FRAME_BYTES.toLocaleString('en')} bytes`],
  ['Client to server', `at most ${MAX_CLIENT_FRAMES_PER_SECOND} may come within one second`],
  ['Reconnecting', `(${BASE_MS} ms when no greeting ever came)`],
  ['Reconnecting', `up to ${CAP_MS / 1_000} s`],
  ['Reconnecting', `lived ${STABLE_MS / 1_000} s`],
  ['Reconnecting', `after ${FIRST_CONNECT_ATTEMPTS} attempts`],
  ['What counts as a session that worked', `within ${FIRST_MESSAGE_MS / 1_000} s`],
  ['What counts as a session that worked', `lived ${LIVED_MS / 1_000} s`],
  ['What counts as a session that worked', 'after a second'],
])('%s: "%s" is what the sources say', (heading, text) => {
  expect(SHORT_LIVED_MS).toBe(1_000)
  expect(section(heading)).toContain(text)
})
