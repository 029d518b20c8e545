/** The schema of the accepted OpenID issuers, and of the development OpenID provider. */
import { z } from 'zod';
import { roles } from './roles-schema.ts';
import { described, httpsUri, milliseconds } from './schema-helpers.ts';

const openIdIssuer = z.strictObject({
  issuer: httpsUri,
  audiences: z.array(z.string().min(1)).min(1).optional(),
  caFile: z.string().min(1).optional(),
});

/** `identity`: whose access tokens are accepted, and which roles their claims give. */
export const identity = z.strictObject({
  issuers: z
    .array(openIdIssuer)
    .max(100)
    .default([])
    .meta(
      described(
        'The OpenID issuers whose access tokens are accepted; each is found by discovery at its URI. `audiences` replaces `identity.audiences`, `caFile` (PEM) is trusted for this issuer in addition to the public CAs.',
        'a list of {"issuer": "https://…", "audiences"?: ["…"], "caFile"?: "…"}',
      ),
    ),
  audiences: z
    .array(z.string().min(1))
    .min(1)
    .default(['https://attest.azure.net'])
    .meta(
      described(
        'The audiences that an access token may be for; a slash at the end makes no difference.',
        'a list of strings',
      ),
    ),
  managementAudiences: z
    .array(z.string().min(1))
    .min(1)
    .default(['https://management.azure.com', 'https://management.azure.com/'])
    .meta(
      described('The audiences that an access token of the resource-provider API may be for.', 'a list of strings'),
    ),
  roles,
  requireAccessToken: z
    .boolean()
    .default(false)
    .meta(
      described(
        'Whether every attest call needs an access token, even where the contract does not require one.',
        'true or false',
      ),
    ),
  clockSkewSeconds: z
    .int()
    .min(0)
    .max(600)
    .default(60)
    .meta(described('The tolerance for the clock of an issuer.', 'seconds, a whole number from 0 to 600')),
  fetchTimeoutMs: milliseconds('How long discovery or the key set of an issuer may take.', 5_000),
});

/** `developmentIdentity`: the development OpenID provider. */
export const developmentIdentity = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .meta(described('Runs a development OpenID provider with one client. Only in development.', 'true or false')),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8444)
    .meta(described('The loopback port of that provider; 0 takes a free one.', 'a whole number from 0 to 65535')),
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .default('development')
    .meta(described('Its tenant: the first segment of its path.', '1 to 64 letters, digits and hyphens')),
  clientId: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .optional()
    .meta(
      described('The id of its client; generated on first start when absent.', '1 to 128 printable ASCII characters'),
    ),
  clientSecret: z
    .string()
    .regex(/^[\x21-\x7e]{16,256}$/)
    .optional()
    .meta({
      ...described(
        'The secret of its client; generated on first start when absent.',
        '16 to 256 printable ASCII characters',
      ),
      secret: true,
    }),
});
