/** The schema of the keys that sign tokens: algorithm, rotation, and where their private parts are kept. */
import { z } from 'zod';
import { described, file } from './schema-helpers.ts';

const hsm = z.strictObject({
  library: file(
    'The PKCS#11 library of the HSM that makes and holds new signing keys. Needs `npm run build:hsm` once.',
  ),
  tokenLabel: z.string().min(1).max(32).meta(described('The label of its token.', '1 to 32 characters')),
  pinFile: file('A file whose first line is the PIN of the token’s user.'),
});

/** `signing`. */
export const signing = z.strictObject({
  algorithm: z
    .enum(['RS256', 'PS256', 'ES256', 'ES384'])
    .default('RS256')
    .meta(
      described(
        'The algorithm of attestation tokens. All official clients verify RS256; some verify nothing else.',
        '"RS256", "PS256", "ES256" or "ES384"',
      ),
    ),
  tokenLifetimeSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(28_800)
    .meta(described('How long an attestation token is valid.', 'seconds, a whole number from 60 to 604800')),
  rotationDays: z
    .number()
    .positive()
    .max(3_650)
    .default(90)
    .meta(described('After how many days a signing key is replaced.', 'a number above 0, up to 3650')),
  publishAheadSeconds: z
    .int()
    .min(0)
    .max(2_592_000)
    .default(86_400)
    .meta(
      described(
        'How long before its first use the next signing key is published, so that cached key sets hold it.',
        'seconds, a whole number from 0 to 2592000',
      ),
    ),
  clientCacheSeconds: z
    .int()
    .min(0)
    .max(31_536_000)
    .default(604_800)
    .meta(
      described(
        'How much longer than the tokens it signed a retired key stays published, for clients that cache key sets.',
        'seconds, a whole number from 0 to 31536000',
      ),
    ),
  passphraseFile: file('A file whose first line is the passphrase that seals the signing keys on disk.').optional(),
  keyFile: file(
    'A file of 32 random bytes (raw, hex or base64url) that seals the signing keys on disk. In development one is generated.',
  ).optional(),
  hsm: hsm.optional(),
});
