import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { type Clock, errorText, PetrelError } from '#core'
import { TOKEN_SUBPROTOCOL_PREFIX } from '#protocol'
import type { ServerSettings } from '../settings/index.ts'

/** Who a client is, by its token. */
export interface Identity {
  subject: string
  /** Tasks beside its own that it may follow. */
  tasks: ReadonlySet<string> | 'all'
  /** When the token is no longer accepted, in milliseconds since the Unix epoch. */
  expiresAt: number
}

export type TokenResult =
  | { ok: true; identity: Identity }
  | { ok: false; problem: 'missing' | 'in_query' | 'expired' | 'invalid'; text: string }

/** Reads and verifies the token of a request. Never throws; no text of its answer holds the token. */
export type TokenCheck = (request: Pick<IncomingMessage, 'headers' | 'url'>) => Promise<TokenResult>

/** Clocks of issuer and server may differ by so much, in seconds. */
const CLOCK_TOLERANCE_S = 5
const SECRET_ALGORITHMS = ['HS256']
const KEY_ALGORITHMS = ['RS256', 'ES256', 'EdDSA']
const IN_QUERY = /[?&](access_token|token|jwt)=/i

/**
 * The check that the settings ask for; undefined when they ask for none. Keys are read once.
 * @throws PetrelError `bad_option`, `config_unreadable`
 */
export async function openTokenCheck(
  settings: ServerSettings,
  clock: Clock,
): Promise<TokenCheck | undefined> {
  const { jwtAudience, jwtIssuer, jwtAlgorithms } = settings
  const algorithms = algorithmsOf(settings)
  const key = await keyOf(settings)
  if (key === undefined) {
    // Whoever sets these wants tokens: a server that lets everybody in would be the worst answer.
    if (jwtAudience === undefined && jwtIssuer === undefined && jwtAlgorithms.length === 0) return undefined
    throw new PetrelError('bad_option', 'there are settings for tokens, and no key to check tokens with', {
      hint: 'set PETREL_JWT_SECRET or PETREL_JWT_KEYS_FILE',
    })
  }

  return async request => {
    if (IN_QUERY.test(request.url ?? '')) {
      const text = 'a token in a URL ends up in logs: send it as a header or a subprotocol'
      return { ok: false, problem: 'in_query', text }
    }
    const token = tokenOf(request)
    if (token === undefined) return { ok: false, problem: 'missing', text: 'a token is needed' }
    try {
      const options = {
        algorithms: [...algorithms],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(clock.wall()),
        requiredClaims: ['exp', 'sub'],
        ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
        ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
      }
      const { payload } =
        typeof key === 'function'
          ? await jwtVerify(token, key, options)
          : await jwtVerify(token, key, options)
      return { ok: true, identity: identityOf(payload) }
    } catch (error) {
      return failure(error)
    }
  }
}

type Key = Uint8Array | KeyObject | JWTVerifyGetKey

async function keyOf({ jwtSecret, jwtKeysFile }: ServerSettings): Promise<Key | undefined> {
  if (jwtSecret !== undefined && jwtKeysFile !== undefined) {
    throw new PetrelError(
      'bad_option',
      'tokens are checked with a secret or with public keys, not with both',
      {
        hint: 'set PETREL_JWT_SECRET or PETREL_JWT_KEYS_FILE',
      },
    )
  }
  if (jwtSecret !== undefined) return new TextEncoder().encode(jwtSecret)
  if (jwtKeysFile === undefined) return undefined
  try {
    const text = await readFile(jwtKeysFile, 'utf8')
    if (text.trimStart().startsWith('{')) return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet)
    return createPublicKey(text)
  } catch (cause) {
    throw new PetrelError(
      'config_unreadable',
      `the key file ${jwtKeysFile} cannot be read: ${errorText(cause)}`,
      {
        hint: 'it is a JSON Web Key Set, as {"keys": […]}, or one public key as PEM',
      },
    )
  }
}

/** Public keys never verify an HMAC: whoever knows a public key could sign with it. */
function algorithmsOf({ jwtSecret, jwtAlgorithms }: ServerSettings): readonly string[] {
  if (jwtAlgorithms.length === 0) return jwtSecret === undefined ? KEY_ALGORITHMS : SECRET_ALGORITHMS
  const wrong = jwtAlgorithms.filter(name => name.startsWith('HS') !== (jwtSecret !== undefined))
  if (wrong.length === 0) return jwtAlgorithms
  throw new PetrelError(
    'bad_option',
    `PETREL_JWT_ALGORITHMS has ${wrong.join(', ')}, which the key is not for`,
    {
      hint: 'HS… goes with a secret, all others with public keys',
    },
  )
}

function tokenOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  return headers['sec-websocket-protocol']
    ?.split(',')
    .map(name => name.trim())
    .find(name => name.startsWith(TOKEN_SUBPROTOCOL_PREFIX))
    ?.slice(TOKEN_SUBPROTOCOL_PREFIX.length)
}

function identityOf({ sub = '', exp = 0, tasks }: JWTPayload): Identity {
  const listed = Array.isArray(tasks) ? tasks.filter(id => typeof id === 'string') : []
  return {
    subject: sub,
    tasks: tasks === '*' ? 'all' : new Set(listed),
    expiresAt: (exp + CLOCK_TOLERANCE_S) * 1_000,
  }
}

function failure(error: unknown): TokenResult {
  if (error instanceof errors.JWTExpired) {
    return { ok: false, problem: 'expired', text: 'the token has expired' }
  }
  const claim = error instanceof errors.JWTClaimValidationFailed ? `: its "${error.claim}" does not fit` : ''
  return { ok: false, problem: 'invalid', text: `the token is not valid${claim}` }
}
