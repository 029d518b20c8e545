/**
 * The schema of all settings. Each leaf has a `description` and the accepted values (`form`), from which the reference page and the error
 * messages are generated.
 */
import { z } from 'zod';
import { admission } from './admission-schema.ts';
import { endorsements } from './endorsements-schema.ts';
import { developmentIdentity, identity } from './identity-schema.ts';
import { policyWorkers } from './policy-workers-schema.ts';
import { provider } from './provider-schema.ts';
import { described, file, httpsUri, milliseconds } from './schema-helpers.ts';
import { signing } from './signing-schema.ts';
import { audit, clock, providers, storage } from './storage-schema.ts';

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
