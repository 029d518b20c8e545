/** The settings of the admission layer: how much of the service one address, one caller and one provider may have, and all together. */
import { z } from 'zod';
import { described } from './form.ts';

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
  concurrentRequests: count('How many requests of an address may be under way at the same time.', 750),
  connections: count(
    'How many connections an address may have. At the limit its connection that has been silent for longest is closed for a new one. Those of `listen.trustedProxies` are not counted.',
    1000,
  ),
  connectionsPerSecond: rate(
    'How many new connections a second an address may open, in the long run; further ones are closed before the handshake.',
    50,
  ),
  connectionBurst: count('How many new connections an address may open at once before that rate counts.', 600),
  bodyBytes: bytes('How much memory the request bodies of an address may take, in bytes.', 67_108_864),
  lookupsPerSecond: rate(
    'How many endorsement look-ups a second an address may cause at outside services, in the long run.',
    1,
  ),
  lookupBurst: count('How many endorsement look-ups an address may cause at once before that rate counts.', 1000),
});

const caller = z.strictObject({
  requestsPerSecond: rate(
    'How many requests a second a caller with a valid access token may send, in the long run, from whichever address.',
    200,
  ),
  requestBurst: count('How many requests a caller may send at once before that rate counts.', 4000),
  concurrentRequests: count('How many requests of a caller may be under way at the same time.', 1000),
  bodyBytes: bytes('How much memory the request bodies of a caller may take, in bytes.', 67_108_864),
  lookupsPerSecond: rate('How many endorsement look-ups a second a caller may cause, in the long run.', 5),
  lookupBurst: count('How many endorsement look-ups a caller may cause at once before that rate counts.', 2000),
});

const provider = z.strictObject({
  requestsPerSecond: rate(
    'How many requests a second a provider takes, in the long run. A quarter of this and of the following limits is kept for callers with a valid access token.',
    2000,
  ),
  requestBurst: count('How many requests a provider takes at once before that rate counts.', 10_000),
  concurrentRequests: count('How many requests to a provider may be under way at the same time.', 2000),
  lookupsPerSecond: rate('How many endorsement look-ups a second a provider may cause, in the long run.', 10),
  lookupBurst: count('How many endorsement look-ups a provider may cause at once before that rate counts.', 4000),
});

const total = z.strictObject({
  concurrentRequests: count('How many requests may be under way in this instance at the same time.', 2000),
  bodyBytes: bytes('How much memory all request bodies may take, in bytes.', 134_217_728),
  lookupsPerSecond: rate(
    'How many endorsement look-ups a second this instance makes for callers, in the long run.',
    20,
  ),
  lookupBurst: count('How many endorsement look-ups it makes at once before that rate counts.', 8000),
});

/** What is admitted. All limits hold for one instance. */
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
          'How long an answer 429 is kept back, so that a client which sends again at once gets few of them.',
          'milliseconds, a whole number from 0 to 60000',
        ),
      ),
  })
  .prefault({});
