/** The schema of the threads that evaluate policies of callers: draft policies, and policies to be explained. */
import { z } from 'zod';
import { described, milliseconds } from './schema-helpers.ts';

/** `limits.policyWorkers`: how many threads there are, and what one evaluation may take. */
export const policyWorkers = z.strictObject({
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .meta(
      described(
        'How many threads evaluate policies of callers, one policy at a time each.',
        'a whole number from 1 to 64',
      ),
    ),
  queueLength: z
    .int()
    .min(0)
    .max(10_000)
    .default(64)
    .meta(
      described(
        'How many requests may wait for a thread. Beyond that, the last request of the caller or address with the most waiting requests is refused. Callers take turns.',
        'a whole number from 0 to 10000',
      ),
    ),
  heapMiB: z
    .int()
    .min(32)
    .max(4096)
    .default(64)
    .meta(
      described('The memory of a thread; a policy that needs more is refused.', 'MiB, a whole number from 32 to 4096'),
    ),
  stackMiB: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .meta(described('The stack of a thread.', 'MiB, a whole number from 1 to 64')),
  timeoutMs: milliseconds(
    'How long one policy may take in a thread. Verdicts do not depend on it: the evaluation budget of a policy is counted in steps and ends far earlier.',
    10_000,
  ),
});
