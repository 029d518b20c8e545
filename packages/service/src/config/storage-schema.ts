/** The schema of the store, the audit record and the hosted providers. */
import { z } from 'zod';
import { described, file, milliseconds } from './schema-helpers.ts';

/** Where providers, policies, signers and audit entries are kept. */
export const storage = z.strictObject({
  kind: z
    .enum(['sqlite', 'postgres'])
    .default('sqlite')
    .meta(
      described(
        'The database: an embedded one for one instance, or a PostgreSQL server for several.',
        '"sqlite" or "postgres"',
      ),
    ),
  path: file('The file of the embedded database; default: `store.sqlite` in `stateDirectory`.').optional(),
  connectionString: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/)
    .optional()
    .meta({
      ...described(
        'How to reach the PostgreSQL server. It holds a password: better write it in `storage.connectionStringFile`.',
        'postgres://user:password@host:port/database',
      ),
      secret: true,
    }),
  connectionStringFile: file('A file whose first line is the connection string of the PostgreSQL server.').optional(),
  integrityKeyFile: file(
    'A file of 32 random bytes (raw, hex or base64url), the same for all instances: rows that were written without it are refused. In development with the embedded database one is made.',
  ).optional(),
  poolSize: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .meta(described('The connections of one instance to the PostgreSQL server.', 'a whole number from 1 to 1000')),
  startWaitMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(60_000)
    .meta(
      described(
        'How long the service tries again, when it starts, to reach a PostgreSQL server that does not answer.',
        'milliseconds, a whole number from 0 to 3600000',
      ),
    ),
  leaseMs: milliseconds(
    'How long an instance that cannot reach the database goes on with the policies that it knows; then it answers 503. The same for all instances.',
    5_000,
  ),
});

/** How the clocks of instances, of the database and of the store are compared. */
export const clock = z.strictObject({
  toleranceSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(3_600)
    .meta(
      described(
        'How far the clock of an instance may be from those of the database and of the other instances, or behind the newest time in an embedded database. Beyond that it does not start, or is not ready and does nothing that cannot be undone.',
        'seconds, a whole number from 1 to 86400',
      ),
    ),
  deletionDelayHours: z
    .number()
    .min(0)
    .max(8_760)
    .default(24)
    .meta(
      described(
        'For how long instances must have run after expired audit entries and retired signing keys were marked before they are deleted for good. No clock can shorten it.',
        'hours, a number from 0 to 8760',
      ),
    ),
});

/** What is kept of what was asked and answered. */
export const audit = z.strictObject({
  spool: z
    .boolean()
    .default(true)
    .meta(
      described(
        'Whether entries wait in `stateDirectory` while the PostgreSQL server is away, and are handed over when it is back. The directory must then outlive the process. Without, nothing is answered meanwhile.',
        'true or false',
      ),
    ),
  retentionDays: z
    .number()
    .positive()
    .max(36_500)
    .default(365)
    .meta(described('After how many days audit entries are removed.', 'a number above 0, up to 36500')),
  anonymousRetentionDays: z
    .number()
    .positive()
    .max(36_500)
    .default(7)
    .meta(
      described(
        'After how many days the counts of refusals of unauthenticated callers are removed.',
        'a number above 0, up to 36500',
      ),
    ),
  reserveMiB: z
    .int()
    .min(0)
    .max(1_048_576)
    .default(256)
    .meta(
      described(
        'How much disk is reserved for entries of allowed and administrative acts: when the volume of the embedded database, or of `stateDirectory` with a PostgreSQL server, has less free, entries of refusals are dropped.',
        'a whole number of MiB from 0 to 1048576',
      ),
    ),
});

/** The providers besides the default one. */
export const providers = z.strictObject({
  baseDomain: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/)
    .optional()
    .meta(
      described(
        'The domain below which each provider has its host name, `{name}.{baseDomain}`; absent: the URI of a provider is `{baseUri}/providers/{name}`, which is served in any case.',
        'a domain name in lower case',
      ),
    ),
  location: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*$/)
    .default('local')
    .meta(
      described(
        'The location of the default provider, as the resource-provider API tells it. For clients that ask for the default provider of a region of Azure, write its name.',
        'a name such as "local", "westus" or "West US", up to 64 characters',
      ),
    ),
});
