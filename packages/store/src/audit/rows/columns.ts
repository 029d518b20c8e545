/** The columns of an audit row that are under its leaf hash, in the order of its canonical form. Never reorder: add at the end. */
import type { AuditTable } from '../../database/schema.ts';

/** Every column but the link. */
export const auditColumns = [
  'id',
  'at_ms',
  'operation',
  'provider',
  'attestation_type',
  'caller',
  'address',
  'request_id',
  'verdict',
  'code',
  'refused_at',
  'evidence_digest',
  'policy_digest',
  'policy_version',
  'token_id',
  'detail',
] as const satisfies readonly (keyof AuditTable)[];
