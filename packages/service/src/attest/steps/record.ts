/** What the steps of an attest call note for its audit entry, which `audit/recording.ts` makes. Holds no evidence and no token. */
import { createHash } from 'node:crypto';
import type { AuditContext } from '../../audit/context.ts';
import { type Caller, callerName } from '../../identity/access-token.ts';

/** The audit entry of one call while it is made. */
export interface AttestAudit {
  /** Adds to the entry, which is put down whatever comes of the call. */
  readonly note: (note: AuditContext) => void;
  /** Puts down that the call is permitted; the answer waits for it. Throws `Refused` with `audit-unavailable`. */
  readonly recordAllowed: (at: Date) => Promise<void>;
}

/** Notes who calls; undefined: anonymous. */
export function noteCaller({ note }: AttestAudit, caller: Caller | undefined): void {
  if (caller !== undefined) note({ caller: callerName(caller) });
}

/** Notes the SHA-256 of the evidence, in hex. */
export function noteEvidence({ note }: Pick<AttestAudit, 'note'>, evidence: Uint8Array): void {
  note({ evidenceDigest: createHash('sha256').update(evidence).digest('hex') });
}

/** Notes which policy is evaluated: its hash as the token has it, and its version, or that it is the caller's draft. */
export function notePolicy(
  { note }: Pick<AttestAudit, 'note'>,
  {
    hash,
    version,
    isDraft = false,
  }: { readonly hash: string; readonly version?: number | undefined; readonly isDraft?: boolean },
): void {
  note({
    policyDigest: hash,
    ...(version === undefined ? {} : { policyVersion: version }),
    ...(isDraft ? { detail: '{"draft":true}' } : {}),
  });
}
