/** Opens the audit record that the settings describe. */
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { type Audit, openAudit, spooled } from '../audit/index.ts';
import type { ServiceConfig } from '../config/schema.ts';
import type { Health } from '../health/health.ts';
import type { Store } from '../storage/index.ts';

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
  const reporter = health.dependency('audit', { isRequired: true });
  const onState = (failure: string | undefined): void => {
    if (failure === undefined) reporter.report('ok');
    else reporter.report('failing', `audit entries cannot be written: ${failure}; requests are refused until they can`);
  };
  if (store.kind === 'sqlite' || !config.audit.spool) return openAudit(store.audit, { onState });
  const rows = spooled(store.audit, {
    directory: join(config.stateDirectory, 'audit-spool'),
    onDrained: (count) => log.info({ entries: count }, 'audit entries handed over to the database'),
    onDamaged: (path) => log.error({ path }, 'a file of waiting audit entries holds lines that are none'),
    onFault: (error) => log.error({ err: error }, 'waiting audit entries cannot be handed over'),
  });
  const audit = openAudit(rows, { onState });
  return {
    ...audit,
    get pending() {
      return audit.pending;
    },
    close: async () => {
      await audit.close();
      await rows.close();
    },
  };
}
