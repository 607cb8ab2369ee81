import { setting } from './define.ts'
import { list, text } from './kinds.ts'

/** Who may follow which task; without a secret and without a key file everybody may follow every task. */
export const TOKEN_SETTINGS = {
  jwtSecret: setting<string | undefined>({
    variable: 'PETREL_JWT_SECRET',
    kind: text(/^\S{32,}$/, 'at least 32 characters without a space'),
    default: undefined,
    description: 'Secret that tokens are signed with; with it or a key file every client needs a token.',
    isSecret: true,
  }),
  jwtKeysFile: setting<string | undefined>({
    variable: 'PETREL_JWT_KEYS_FILE',
    kind: text(/^\S(.*\S)?$/, 'the path of a file', 'path'),
    default: undefined,
    description: 'Public keys that tokens are checked with: a JSON Web Key Set, or one key as PEM.',
  }),
  jwtAlgorithms: setting<readonly string[]>({
    variable: 'PETREL_JWT_ALGORITHMS',
    kind: list(/^((HS|RS|PS|ES)(256|384|512)|EdDSA)$/, 'algorithms, as RS256 or EdDSA, divided by commas'),
    default: [],
    description:
      'Algorithms that are accepted; left out, HS256 with a secret, and RS256, ES256 and EdDSA with public keys.',
  }),
  jwtAudience: setting<string | undefined>({
    variable: 'PETREL_JWT_AUDIENCE',
    kind: text(/^\S+$/, 'text without a space'),
    default: undefined,
    description: 'Audience that a token must name; left out, any.',
  }),
  jwtIssuer: setting<string | undefined>({
    variable: 'PETREL_JWT_ISSUER',
    kind: text(/^\S+$/, 'text without a space'),
    default: undefined,
    description: 'Issuer that a token must name; left out, any.',
  }),
}
