import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, generateKeyPair, type KeyObject, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { manualClock } from '../../test/support/manual-clock.ts'
import { withoutTokens } from '../log.ts'
import { DEFAULT_SETTINGS, type ServerSettings } from '../settings/index.ts'
import { openTokenCheck } from './tokens.ts'

const SECRET = 'a-secret-of-more-than-32-characters'
const encoded = new TextEncoder().encode(SECRET)
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-keys-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Claims = Record<string, unknown>
const sign = (
  claims: Claims = {},
  {
    key = encoded,
    alg = 'HS256',
    kid,
  }: { key?: Uint8Array | CryptoKey | KeyObject; alg?: string; kid?: string } = {},
) =>
  new SignJWT({ sub: 'ada', exp: 100, ...claims })
    .setProtectedHeader({ alg, ...(kid ? { kid } : {}) })
    .sign(key)

async function check(token: string, settings: Partial<ServerSettings> = { jwtSecret: SECRET }, now = 0) {
  const clock = manualClock()
  clock.advance(now)
  const verify = await openTokenCheck({ ...DEFAULT_SETTINGS, ...settings }, clock)
  return verify?.({ headers: { authorization: `Bearer ${token}` }, url: '/' })
}

test('a valid token says who it is, what else it may follow, and until when', async () => {
  expect(await check(await sign({ tasks: ['t1', 'shared'] }))).toEqual({
    ok: true,
    identity: { subject: 'ada', tasks: new Set(['t1', 'shared']), expiresAt: 105_000 },
  })
  expect(await check(await sign({ tasks: '*' }))).toMatchObject({ identity: { tasks: 'all' } })
})

test('it comes as a header or a subprotocol; in the query it is refused, whatever else is there', async () => {
  const verify = await openTokenCheck({ ...DEFAULT_SETTINGS, jwtSecret: SECRET }, manualClock())
  const token = await sign()
  const protocol = { 'sec-websocket-protocol': `petrel.v1, petrel.token.${token}` }
  expect(await verify?.({ headers: protocol, url: '/' })).toMatchObject({ ok: true })
  expect(await verify?.({ headers: {}, url: '/' })).toMatchObject({ ok: false, problem: 'missing' })
  for (const name of ['token', 'access_token', 'jwt']) {
    const answer = await verify?.({ headers: protocol, url: `/x?a=1&${name}=${token}` })
    expect(answer).toMatchObject({ ok: false, problem: 'in_query' })
  }
})

test.each<[string, () => Promise<string>, string]>([
  ['expired', () => sign({ exp: -6 }), 'expired'],
  ['signed by somebody else', () => sign({}, { key: new TextEncoder().encode(`${SECRET}!`) }), 'invalid'],
  ['for later', () => sign({ nbf: 60 }), 'invalid'],
  ['without a subject', () => sign({ sub: undefined }), 'invalid'],
  ['without an end', () => sign({ exp: undefined }), 'invalid'],
  ['of another algorithm with the same secret', () => sign({}, { alg: 'HS512' }), 'invalid'],
  ['garbage', async () => 'bm90.YXQgYWxs.YQ', 'invalid'],
  [
    'unsigned',
    async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ada","exp":100}')}.`.replaceAll('=', ''),
    'invalid',
  ],
])('a token that is %s is refused, and no text repeats it', async (_, make, problem) => {
  const token = await make()
  const answer = await check(token)
  expect(answer).toMatchObject({ ok: false, problem })
  expect(JSON.stringify(answer)).not.toContain(token.split('.')[1])
})

test('audience and issuer are held to when they are set, and named when they do not fit', async () => {
  const settings = { jwtSecret: SECRET, jwtAudience: 'petrel', jwtIssuer: 'https://id.example' }
  expect(await check(await sign({ aud: 'petrel', iss: 'https://id.example' }), settings)).toMatchObject({
    ok: true,
  })
  expect(await check(await sign({ aud: 'other', iss: 'https://id.example' }), settings)).toMatchObject({
    ok: false,
    text: expect.stringContaining('"aud"'),
  })
})

test('keys of a set, by their id; a public key as PEM', async () => {
  const jwksFile = join(folder, 'jwks.json')
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  writeFileSync(
    jwksFile,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }),
  )
  const options = { key: privateKey, alg: 'ES256', kid: 'k1' }
  expect(await check(await sign({}, options), { jwtKeysFile: jwksFile })).toMatchObject({ ok: true })
  expect(await check(await sign({}, { ...options, kid: 'k2' }), { jwtKeysFile: jwksFile })).toMatchObject({
    ok: false,
  })

  const pemFile = join(folder, 'public.pem')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  writeFileSync(pemFile, pem)
  const signed = await sign({}, { key: rsa.privateKey, alg: 'RS256' })
  expect(await check(signed, { jwtKeysFile: pemFile })).toMatchObject({ ok: true })
  // The oldest trick: the public key as the secret of an HMAC.
  const forged = await sign({}, { key: new TextEncoder().encode(pem), alg: 'HS256' })
  expect(await check(forged, { jwtKeysFile: pemFile })).toMatchObject({ ok: false, problem: 'invalid' })
})

test.each<[string, Partial<ServerSettings>, string]>([
  ['both', { jwtSecret: SECRET, jwtKeysFile: '/x' }, 'not with both'],
  ['no file', { jwtKeysFile: '/no/such/file' }, 'cannot be read'],
  ['an HMAC with public keys', { jwtKeysFile: 'package.json', jwtAlgorithms: ['HS256'] }, 'HS256'],
  ['an issuer without a key', { jwtIssuer: 'https://id.example' }, 'no key'],
  ['a signature with a secret', { jwtSecret: SECRET, jwtAlgorithms: ['RS256'] }, 'RS256'],
])('settings that contradict themselves are told at the start: %s', async (_, settings, text) => {
  await expect(openTokenCheck({ ...DEFAULT_SETTINGS, ...settings }, manualClock())).rejects.toThrow(text)
})

test('without settings nobody needs a token', async () => {
  expect(await openTokenCheck(DEFAULT_SETTINGS, manualClock())).toBeUndefined()
})

test('a token is hidden wherever it stands in a text', async () => {
  const token = await sign()
  for (const text of [
    `/api/v1/ws/${token}`,
    token.slice(0, 30),
    `bad: ${token}!`,
    `?x=1&token=secret&y`,
    'Bearer abc.def',
  ]) {
    expect(withoutTokens(text)).toMatch(/\[token\]/)
    expect(withoutTokens(text)).not.toMatch(/eyJ|secret|abc/)
  }
  expect(withoutTokens('/api/v1/ws/task-1')).toBe('/api/v1/ws/task-1')
})
