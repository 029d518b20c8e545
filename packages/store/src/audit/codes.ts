/** Which refusals and findings the audit record knows, and what each means to an operator. */

/** Every refusal code of the audit record with its meaning. */
export const auditCodes = {
  'audit-unavailable':
    'The audit entry could not be made durable, so the request was not answered; or entries cannot be read.',
  'audit-query-invalid': 'A filter, cursor or page size of an audit query is not valid.',
  'audit-busy': 'Too many audit queries run at the same time; ask again later.',
  'audit-row-changed': 'An audit entry was changed or moved, or was not written by the service.',
  'audit-row-missing': 'Audit entries that the service wrote are missing.',
  'audit-row-inserted': 'An audit entry stands where the service wrote none.',
  'audit-head-invalid':
    'A head of the audit chains, which says how far they go, was changed or is missing; or the database was rolled back.',
} as const;

/** A refusal code of the audit record. */
export type AuditCode = keyof typeof auditCodes;
