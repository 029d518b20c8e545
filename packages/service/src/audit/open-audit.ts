/** Opens the audit record as the settings describe it. */
import { dirname, join } from 'node:path';
import { type Audit, openAudit, type Store, withSpool } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import type { Health } from '../health/health.ts';
import { DiskReserve, withReserve } from './disk-reserve.ts';
import { AuditHealth } from './health.ts';

/**
 * Opens the record of a store. While a PostgreSQL server is down, entries wait in the state directory. SQLite is on the same disk, so a
 * spool would not help there.
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
  const rows = withSpool(store.audit, {
    directory: join(config.stateDirectory, 'audit-spool'),
    onDrained: (count) => log.info({ entries: count }, 'spooled audit entries written to the database'),
    onDamaged: (path) =>
      log.error({ path }, 'malformed lines in a file of spooled audit entries; the file was set aside'),
    onFault: (error) => log.error({ err: error }, 'spooled audit entries cannot be written to the database'),
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
