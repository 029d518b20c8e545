/** Opens the audit record that the settings describe. */
import { dirname, join } from 'node:path';
import { type Audit, openAudit, type Store, spooled } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import type { Health } from '../health/health.ts';
import { AuditHealth } from './audit-health.ts';
import { DiskReserve, withReserve } from './disk-reserve.ts';

/**
 * The record of a store. Entries for a PostgreSQL server that is away wait in the state directory; the embedded database is on the
 * same disk, so there is nothing to be won there.
 */
export function openConfiguredAudit(
  config: ServiceConfig,
  store: Store,
  health: Health,
  log: FastifyBaseLogger,
): Audit {
  const auditHealth = new AuditHealth(health.dependency('audit', { isRequired: true }));
  const limits = { onState: (failure: string | undefined) => auditHealth.wrote(failure) };
  const path = config.storage.path ?? join(config.stateDirectory, 'store.sqlite');
  const directory = store.kind === 'sqlite' ? dirname(path) : config.stateDirectory;
  const reserve = new DiskReserve({ directory, reserveMiB: config.audit.reserveMiB }, auditHealth, log);
  if (store.kind === 'sqlite') return withReserve(openAudit(store.audit, limits), reserve);
  if (!config.audit.spool) return openAudit(store.audit, limits);
  const rows = spooled(store.audit, {
    directory: join(config.stateDirectory, 'audit-spool'),
    onDrained: (count) => log.info({ entries: count }, 'audit entries handed over to the database'),
    onDamaged: (path) => log.error({ path }, 'a file of waiting audit entries holds lines that are none'),
    onFault: (error) => log.error({ err: error }, 'waiting audit entries cannot be handed over'),
  });
  const audit = openAudit(rows, limits);
  const closing = {
    ...audit,
    get pending() {
      return audit.pending;
    },
    close: async () => {
      await audit.close();
      await rows.close();
    },
  };
  return withReserve(closing, reserve);
}
