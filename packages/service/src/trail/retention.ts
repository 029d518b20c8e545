/** Removes audit entries that are older than the settings keep them, when the service starts and every hour after that. */
import type { FastifyBaseLogger } from 'fastify';
import type { Audit } from '../audit/index.ts';

const everyMs = 3_600_000;

/** Starts; returns what ends it, which waits for a removal that is under way. */
export function keepRetention(
  audit: Pick<Audit, 'removeExpired'>,
  retentionDays: number,
  clock: () => Date,
  log: FastifyBaseLogger,
): () => Promise<void> {
  const remove = async (): Promise<void> => {
    const beforeMs = clock().getTime() - retentionDays * 86_400_000;
    const outcome = await audit.removeExpired(Math.max(0, Math.floor(beforeMs)));
    if (!outcome.ok) log.error(outcome.refusal, 'audit entries could not be removed');
    else if (outcome.value > 0) log.info({ removed: outcome.value }, 'audit entries removed');
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
