/** The operations that the audit record names. A name never changes its meaning; one that is no longer used stays, as old entries carry it. */
export const auditedOperations = [
  'attest',
  'add-signer',
  'create-provider',
  'delete-provider',
  'explain-policy',
  'import-key',
  'list-providers',
  'list-subscriptions',
  'prepare-policy',
  'read-audit',
  'read-keys',
  'read-policy',
  'read-policy-history',
  'read-provider',
  'read-signers',
  'read-tcb-baselines',
  'recover-signers',
  'remove-signer',
  'reset-policy',
  'roll-back-policy',
  'rotate-key',
  'set-policy',
  'update-provider',
  'verify-audit',
  'withdraw-key',
] as const;

/** One of {@link auditedOperations}. */
export type AuditedOperation = (typeof auditedOperations)[number];
