/** The refusal codes of the store and the audit record, and what each means to an operator. */

/** Every refusal code of the store with its meaning. */
export const storageCodes = {
  'version-conflict':
    'The stored version is not the one that the change is based on. Read it again and repeat the change.',
  'name-taken': 'A provider of this name exists.',
  'not-found': 'The provider, version or key does not exist.',
  'row-tampered': 'A stored row was not written by this service: its integrity code is wrong, or rows are missing.',
  'store-rolled-back':
    'The history of the store is not the one that this instance knows, as after a restored backup: nothing is changed until an operator runs `atesto store accept-restore`.',
  'store-unavailable':
    'The database cannot be reached, opened or written; whether a change in progress took effect is unknown.',
  'store-newer': 'The database was written by a newer release; this release does not touch it.',
  'integrity-key-invalid': 'The integrity key of the store must have at least 32 bytes.',
  'value-unstorable': 'A string contains a NUL character or is not well-formed Unicode.',
  'cluster-unconfirmed': 'The change is stored, but not every live instance has confirmed it in time.',
} as const;

/** A refusal code of the store. */
export type StorageCode = keyof typeof storageCodes;

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
