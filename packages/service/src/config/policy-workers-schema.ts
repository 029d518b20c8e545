/** The settings of the threads that evaluate policy texts of callers: draft policies, and policies to be explained. */
import { z } from 'zod';
import { described, milliseconds } from './form.ts';

export const policyWorkers = z.strictObject({
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .meta(
      described('How many policies of callers are evaluated at once, each in a thread.', 'a whole number from 1 to 64'),
    ),
  queueLength: z
    .int()
    .min(0)
    .max(10_000)
    .default(64)
    .meta(
      described(
        'How many requests may wait for a thread; of more the last of the caller or address with most in line is refused. Callers take turns.',
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
    'How long one policy may take in a thread. A verdict does not depend on it: what a policy may take is counted, and far less.',
    10_000,
  ),
});
