/**
 * The schema of all settings. Each leaf has a `description` and the accepted values (`form`), from which the reference page and the error
 * messages are generated.
 */
import { tcbStatuses } from '@atesto/evidence/advanced';
import { z } from 'zod';
import { admission } from './admission-schema.ts';
import { azureGuestBaseline, tdxReferenceValues } from './azure-schema.ts';
import { endorsements } from './endorsements-schema.ts';
import { policyWorkers } from './policy-workers-schema.ts';
import { roles } from './roles-schema.ts';
import { described, file, httpsUri, milliseconds } from './schema-helpers.ts';
import { sevSnpBaseline, sevSnpReferenceValues } from './sevsnp-schema.ts';
import { audit, clock, providers, storage } from './storage-schema.ts';
import { tcbBaselines } from './tcb-baselines-schema.ts';

const listen = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta(described('The address to listen on.', 'an IP address or host name')),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8443)
    .meta(described('The port to listen on; 0 takes a free one.', 'a whole number from 0 to 65535')),
  allowPublicDevelopment: z
    .boolean()
    .default(false)
    .meta(
      described(
        'Whether a service of environment `development` may listen on an address that other machines can reach.',
        'true or false',
      ),
    ),
  trustedProxies: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(100)
    .default([])
    .meta(
      described(
        'The load balancers whose `X-Forwarded-For` is trusted: logs and audit entries then name the address of the caller, not theirs.',
        'a list of IP addresses and networks such as "10.0.0.0/8"',
      ),
    ),
});

const tls = z.strictObject({
  certificateFile: file(
    'The server certificate and its chain, PEM. In development one is generated on first start.',
  ).optional(),
  keyFile: file('The private key of the server certificate, PEM.').optional(),
  keyPassphraseFile: file('A file whose first line is the passphrase of `tls.keyFile`.').optional(),
  minVersion: z
    .enum(['TLSv1.2', 'TLSv1.3'])
    .default('TLSv1.2')
    .meta(described('The lowest accepted TLS version.', '"TLSv1.2" or "TLSv1.3"')),
});

const limits = z.strictObject({
  bodyBytes: z
    .int()
    .min(1024)
    .max(67_108_864)
    .default(1_048_576)
    .meta(described('The largest request body, in bytes.', 'a whole number from 1024 to 67108864')),
  maxConnections: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .meta(
      described(
        'The largest number of open connections. At the limit, the one that has been idle for longest is closed in favor of a new one, those without an access token first.',
        'a whole number from 1 to 1000000',
      ),
    ),
  requestTimeoutMs: milliseconds('How long a client may take to send a request.', 30_000),
  headersTimeoutMs: milliseconds('How long a client may take to send the headers.', 10_000),
  keepAliveTimeoutMs: milliseconds('How long an idle connection is kept.', 72_000),
  endorsementTimeoutMs: milliseconds('How long an attestation may wait for endorsements.', 20_000),
  shutdownDelayMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .meta(
      described(
        'How long the service keeps answering after it was asked to stop, while `/readyz` returns 503 and responses close their connections: load balancers need that time to send requests elsewhere. Default: 5000 in production, 0 in development.',
        'milliseconds, a whole number from 0 to 3600000',
      ),
    ),
  shutdownGraceMs: milliseconds(
    'How long requests in flight may last after the service has closed its listener. The remaining ones are answered 503; that and their audit entries may take the same time again.',
    10_000,
  ),
  policyWorkers: policyWorkers.prefault({}),
});

const openIdIssuer = z.strictObject({
  issuer: httpsUri,
  audiences: z.array(z.string().min(1)).min(1).optional(),
  caFile: z.string().min(1).optional(),
});

const identity = z.strictObject({
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

const developmentIdentity = z.strictObject({
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

const hsm = z.strictObject({
  library: file(
    'The PKCS#11 library of the HSM that makes and holds new signing keys. Needs `npm run build:hsm` once.',
  ),
  tokenLabel: z.string().min(1).max(32).meta(described('The label of its token.', '1 to 32 characters')),
  pinFile: file('A file whose first line is the PIN of the token’s user.'),
});

const signing = z.strictObject({
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

/** What SGX and TDX platforms must meet: the same settings for both. */
const intelBaseline = z.strictObject({
  acceptedStatuses: z
    .array(z.enum(tcbStatuses))
    .min(1)
    .optional()
    .meta(
      described(
        'The accepted TCB statuses. Default: UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded.',
        'a list of TCB statuses',
      ),
    ),
  maxCollateralAgeSeconds: z
    .int()
    .min(1)
    .optional()
    .meta(
      described('The greatest age of the collateral, counted from its issue; default: any.', 'seconds, a whole number'),
    ),
  minTcbEvaluationDataNumber: z
    .int()
    .min(0)
    .optional()
    .meta(
      described(
        'The lowest `tcbEvaluationDataNumber` of the collateral; default: any. Set it in production: Intel signs older numbers too, with fresh dates.',
        'a whole number',
      ),
    ),
  allowDebug: z
    .boolean()
    .default(true)
    .meta(
      described(
        'Whether an enclave or domain that can be debugged meets the baseline. The policy sees the fact in any case.',
        'true or false',
      ),
    ),
});

const provider = z.strictObject({
  draftPolicies: z
    .enum(['off', 'readers', 'authenticated', 'anyone'])
    .optional()
    .meta(
      described(
        'Whose draft policies (`draftPolicyForAttestation`) are evaluated: nobody’s, those of readers of the provider, of callers with an access token, or anyone’s. Default: `authenticated` in production, `anyone` in development.',
        '"off", "readers", "authenticated" or "anyone"',
      ),
    ),
  policies: z
    .record(z.string(), z.string().min(1))
    .default({})
    .meta(
      described(
        'The policy of each attestation type as the path of its file. Default: the documented default policy.',
        '{"SgxEnclave": "the path of a file", …}',
      ),
    ),
  trustAnchors: z
    .array(z.string().regex(/^[0-9a-fA-F]{64}$/))
    .default([])
    .meta(
      described(
        'Development roots that are trusted in addition to the vendors’: SHA-256 of their public key (SubjectPublicKeyInfo). Only in development; tokens say so.',
        'a list of 64 hex digits each',
      ),
    ),
  baseline: z
    .strictObject({
      sgx: intelBaseline.prefault({}),
      tdx: intelBaseline.prefault({}),
      sevsnp: sevSnpBaseline.prefault({}),
      azureGuest: azureGuestBaseline.prefault({}),
    })
    .prefault({}),
  referenceValues: z.strictObject({ sevsnp: sevSnpReferenceValues, tdx: tdxReferenceValues }).prefault({}),
  tcbBaselines,
  initTimeBinding: z
    .strictObject({
      tdx: z
        .enum(['refuse', 'mrconfigid'])
        .default('refuse')
        .meta(
          described(
            'How a trust domain commits to init-time data: `mrconfigid` takes MRCONFIGID for their SHA-256, then zeros; `refuse` refuses such data.',
            '"refuse" or "mrconfigid"',
          ),
        ),
    })
    .prefault({}),
});

/** All settings of a service. */
export const configSchema = z.strictObject({
  environment: z
    .enum(['production', 'development'])
    .default('production')
    .meta(
      described(
        'Development generates certificates and keys and permits development roots and the development OpenID provider.',
        '"production" or "development"',
      ),
    ),
  stateDirectory: z
    .string()
    .min(1)
    .default('.atesto')
    .meta({
      ...described('Where keys, caches and development certificates are kept.', 'the path of a directory'),
      path: true,
    }),
  baseUri: httpsUri
    .optional()
    .meta(
      described(
        'The URI of the default provider as clients see it: issuer of its tokens. Development: made from `listen`.',
        'an https URI without query or fragment, such as "https://attest.example.org"',
      ),
    ),
  listen: listen.prefault({}),
  tls: tls.prefault({}),
  limits: limits.prefault({}),
  health: z
    .strictObject({
      detailsFor: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .max(100)
        .default([])
        .meta(
          described(
            'The addresses from which `/readyz` reports the state and the reason of each dependency; others need an access token of a reader of the default provider.',
            'a list of IP addresses and networks such as "10.0.0.0/8"',
          ),
        ),
    })
    .prefault({}),
  admission,
  log: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
        .default('info')
        .meta(
          described(
            'The least severe events to log, as JSON lines.',
            '"fatal", "error", "warn", "info", "debug" or "silent"',
          ),
        ),
    })
    .prefault({}),
  identity: identity.prefault({}),
  developmentIdentity: developmentIdentity.prefault({}),
  signing: signing.prefault({}),
  endorsements: endorsements.prefault({}),
  provider: provider.prefault({}),
  providers: providers.prefault({}),
  storage: storage.prefault({}),
  audit: audit.prefault({}),
  clock: clock.prefault({}),
});

/** What an operator writes: everything may be left out. */
export type ServiceSettings = z.input<typeof configSchema>;
/** Checked settings with their defaults. */
export type ServiceConfig = Readonly<z.output<typeof configSchema>>;
