export { type Audit, openAudit } from './audit.ts';
export { type AuditCode, auditCodes } from './codes.ts';
export type { AuditEntry, AuditVerdict, StoredAuditEntry } from './entry.ts';
export type { AuditFinding, AuditStep } from './finding.ts';
export type { JournalLimits } from './journal.ts';
export type { AuditPage, AuditQuery } from './query.ts';
export { type SpooledRows, type SpoolOptions, spooled } from './spool.ts';
