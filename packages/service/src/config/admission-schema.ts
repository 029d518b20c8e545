/** The schema of the admission layer: limits per address, caller and provider, and in total. */
import { z } from 'zod';
import { described } from './schema-helpers.ts';

const most = 1_000_000;

const count = (description: string, byDefault: number): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(1)
    .max(most)
    .default(byDefault)
    .meta(described(description, `a whole number from 1 to ${most}`));

const rate = (description: string, byDefault: number): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .positive()
    .max(most)
    .default(byDefault)
    .meta(described(description, `a number above 0, up to ${most}`));

const bytes = (description: string, byDefault: number): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(1024)
    .max(1_099_511_627_776)
    .default(byDefault)
    .meta(described(description, 'a whole number from 1024 to 1099511627776'));

const address = z.strictObject({
  requestsPerSecond: rate(
    'How many requests a second an address may send without a valid access token, in the long run. An IPv6 address counts by its /64.',
    100,
  ),
  requestBurst: count('How many requests an address may send at once before that rate counts.', 1000),
  concurrentRequests: count('How many requests of an address may be in flight at the same time.', 750),
  connections: count(
    'How many connections an address may have. At the limit, its connection that has been idle for longest is closed in favor of a new one. Those of `listen.trustedProxies` are not counted.',
    1000,
  ),
  connectionsPerSecond: rate(
    'How many new connections a second an address may open, in the long run; further ones are closed before the handshake.',
    50,
  ),
  connectionBurst: count('How many new connections an address may open at once before that rate counts.', 600),
  bodyBytes: bytes('How much memory the request bodies of an address may take, in bytes.', 67_108_864),
  lookupsPerSecond: rate(
    'How many endorsement lookups a second an address may cause at outside services, in the long run.',
    1,
  ),
  lookupBurst: count('How many endorsement lookups an address may cause at once before that rate counts.', 1000),
});

const caller = z.strictObject({
  requestsPerSecond: rate(
    'How many requests a second a caller with a valid access token may send, in the long run, from whichever address.',
    200,
  ),
  requestBurst: count('How many requests a caller may send at once before that rate counts.', 4000),
  concurrentRequests: count('How many requests of a caller may be in flight at the same time.', 1000),
  bodyBytes: bytes('How much memory the request bodies of a caller may take, in bytes.', 67_108_864),
  lookupsPerSecond: rate('How many endorsement lookups a second a caller may cause, in the long run.', 5),
  lookupBurst: count('How many endorsement lookups a caller may cause at once before that rate counts.', 2000),
});

const provider = z.strictObject({
  requestsPerSecond: rate(
    'How many requests a second a provider takes, in the long run. A quarter of this and of the following limits is kept for callers with a valid access token.',
    2000,
  ),
  requestBurst: count('How many requests a provider takes at once before that rate counts.', 10_000),
  concurrentRequests: count('How many requests to a provider may be in flight at the same time.', 2000),
  lookupsPerSecond: rate('How many endorsement lookups a second a provider may cause, in the long run.', 10),
  lookupBurst: count('How many endorsement lookups a provider may cause at once before that rate counts.', 4000),
});

const total = z.strictObject({
  concurrentRequests: count('How many requests may be in flight in this instance at the same time.', 2000),
  bodyBytes: bytes('How much memory all request bodies may take, in bytes.', 134_217_728),
  lookupsPerSecond: rate('How many endorsement lookups a second this instance makes for callers, in the long run.', 20),
  lookupBurst: count('How many endorsement lookups it makes at once before that rate counts.', 8000),
});

/** All limits apply to one instance. */
export const admission = z
  .strictObject({
    address: address.prefault({}),
    caller: caller.prefault({}),
    provider: provider.prefault({}),
    total: total.prefault({}),
    refusalDelayMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(1000)
      .meta(
        described(
          'How long a 429 response is delayed, so that a client that retries at once gets few of them.',
          'milliseconds, a whole number from 0 to 60000',
        ),
      ),
  })
  .prefault({});
