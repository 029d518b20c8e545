export { auditUnavailable, rowsOver, type SeenAudit, seenAudit } from './audit.ts';
export {
  type CreateDatabase,
  code,
  createOnPostgres,
  createProvider,
  createSqlite,
  draft,
  integrityKey,
  origin,
  type TestDatabase,
  value,
} from './backends.ts';
export {
  type DatabaseServer,
  type PostgresAttempt,
  type PostgresServer,
  runSql,
  startPostgres,
} from './postgres-server.ts';
export { sharedPostgres } from './shared-postgres.ts';
export { openTestStore, stateDirectory } from './test-store.ts';
