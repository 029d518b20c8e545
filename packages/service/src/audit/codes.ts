/** Which refusals the audit record knows, and what each means to an operator. */

/** Every refusal code of the audit record with its meaning. */
export const auditCodes = {
  'audit-unavailable':
    'The audit entry could not be made durable, so the request was not answered; or entries cannot be read.',
  'audit-query-invalid': 'A filter, cursor or page size of an audit query is not valid.',
} as const;

/** A refusal code of the audit record. */
export type AuditCode = keyof typeof auditCodes;
