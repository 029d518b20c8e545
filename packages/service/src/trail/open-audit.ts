/** Opens the audit record that the settings describe. */
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { type Audit, openAudit, spooled } from '../audit/index.ts';
import type { ServiceConfig } from '../config/schema.ts';
import type { Store } from '../storage/index.ts';

/**
 * The record of a store. Entries for a PostgreSQL server that is away wait in the state directory; the embedded database is on the
 * same disk, so there is nothing to be won there.
 */
export function openConfiguredAudit(config: ServiceConfig, store: Store, log: FastifyBaseLogger): Audit {
  if (store.kind === 'sqlite' || !config.audit.spool) return openAudit(store.audit);
  const rows = spooled(store.audit, {
    directory: join(config.stateDirectory, 'audit-spool'),
    onDrained: (count) => log.info({ entries: count }, 'audit entries handed over to the database'),
    onDamaged: (path) => log.error({ path }, 'a file of waiting audit entries holds lines that are none'),
    onFault: (error) => log.error({ err: error }, 'waiting audit entries cannot be handed over'),
  });
  const audit = openAudit(rows);
  return {
    get pending() {
      return audit.pending;
    },
    record: (entry) => audit.record(entry),
    query: (query) => audit.query(query),
    removeExpired: (beforeMs) => audit.removeExpired(beforeMs),
    close: async () => {
      await audit.close();
      await rows.close();
    },
  };
}
