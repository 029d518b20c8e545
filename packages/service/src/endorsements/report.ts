/** What the caches of endorsements tell the operator's log. */
import type { CacheEvent } from '@atesto/endorsements';
import type { FastifyBaseLogger } from 'fastify';

/** Writes the events of caches to a log. */
export function reportTo(log: FastifyBaseLogger): (event: CacheEvent) => void {
  return (event) => {
    const { kind, key: endorsements } = event;
    switch (kind) {
      case 'refreshed':
        return log.info({ endorsements, nextUpdate: event.nextUpdate }, 'endorsements fetched anew');
      case 'older-ignored':
        return log.info(
          { endorsements, nextUpdate: event.nextUpdate },
          'the source gave older endorsements than those at hand',
        );
      case 'stale-used':
        return log.warn({ endorsements, nextUpdate: event.nextUpdate }, 'endorsements past their next update are used');
      case 'refresh-failed':
        return log.warn({ endorsements, ...event.refusal, cause: undefined }, 'endorsements could not be fetched anew');
      case 'refresh-broken':
        return log.error({ endorsements, err: event.error }, 'endorsements could not be fetched anew');
      case 'file-ignored':
        return log.warn({ endorsements, file: event.file, why: event.why }, 'a cached file of endorsements is ignored');
      case 'write-failed':
        return log.error({ endorsements, why: event.why }, 'endorsements could not be written to the state directory');
    }
  };
}
