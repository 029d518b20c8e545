/** What the sources of endorsements tell the operator's log. */
import type { Refusal } from '@atesto/core';
import type { CacheEvent } from '@atesto/endorsements';
import type { FastifyBaseLogger } from 'fastify';

/** How long the log is silent on stale endorsements after it told of them: they are used in every call. */
const silenceMs = 60_000;

/** Writes the events of caches to a log. */
export function reportTo(log: FastifyBaseLogger, clock: () => Date): (event: CacheEvent) => void {
  const toldAtMs = new Map<string, number>();

  function isToldAgain(endorsements: string): boolean {
    const nowMs = clock().getTime();
    if (nowMs - (toldAtMs.get(endorsements) ?? Number.NEGATIVE_INFINITY) < silenceMs) return false;
    toldAtMs.set(endorsements, nowMs);
    return true;
  }

  return (event) => {
    const { kind, key: endorsements } = event;
    switch (kind) {
      case 'refreshed':
        return log.info({ endorsements, nextUpdate: event.nextUpdate }, 'endorsements fetched anew');
      case 'rollback-ignored':
        return log.info(
          { endorsements, nextUpdate: event.nextUpdate },
          'the source gave older endorsements than those at hand',
        );
      case 'stale-used':
        if (!isToldAgain(endorsements)) return;
        return log.warn({ endorsements, nextUpdate: event.nextUpdate }, 'endorsements past their next update are used');
      case 'refresh-failed':
        return log.warn({ endorsements, ...event.refusal, cause: undefined }, 'endorsements could not be fetched anew');
      case 'refresh-crashed':
        return log.error({ endorsements, err: event.error }, 'endorsements could not be fetched anew');
      case 'file-ignored':
        return log.warn({ endorsements, file: event.file, why: event.why }, 'a cached file of endorsements is ignored');
      case 'write-failed':
        return log.error({ endorsements, why: event.why }, 'endorsements could not be written to the state directory');
    }
  };
}

/** Writes to a log which files of the settings cannot be used. */
export function reportBrokenTo(log: FastifyBaseLogger): (setting: string, refusal: Refusal) => void {
  return (setting, refusal) =>
    log.warn({ setting, ...refusal, cause: undefined }, 'a file of endorsements cannot be used');
}
