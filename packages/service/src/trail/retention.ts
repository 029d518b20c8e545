/** Removes audit entries that are older than the settings keep them, when the service starts and every hour after that. */
import type { FastifyBaseLogger } from 'fastify';
import type { Audit } from '../audit/index.ts';

const everyMs = 3_600_000;

/** Starts; returns what ends it, which waits for a removal that is under way. */
export function keepRetention(
  audit: Pick<Audit, 'removeExpired'>,
  {
    retentionDays,
    anonymousRetentionDays,
  }: { readonly retentionDays: number; readonly anonymousRetentionDays: number },
  clock: () => Date,
  log: FastifyBaseLogger,
): () => Promise<void> {
  const remove = async (): Promise<void> => {
    const days = { kept: retentionDays, brief: anonymousRetentionDays } as const;
    for (const retention of ['kept', 'brief'] as const) {
      const beforeMs = clock().getTime() - days[retention] * 86_400_000;
      const outcome = await audit.removeExpired(Math.max(0, Math.floor(beforeMs)), retention);
      if (!outcome.ok) log.error(outcome.refusal, 'audit entries could not be removed');
      else if (outcome.value > 0) log.info({ removed: outcome.value, retention }, 'audit entries removed');
    }
  };
  let running = remove();
  const timer = setInterval(() => {
    running = running.then(remove);
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
