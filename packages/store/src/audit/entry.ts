/** The content of an audit entry. There is one for each attest call and each administrative act, allowed or not. */
import type { AuditRow } from '../database/schema.ts';

/** How a request ended: allowed, refused because of the request, or failed because of the service. */
export type AuditVerdict = 'allowed' | 'refused' | 'failed';

/**
 * One audited act. Texts are stored up to 1,024 characters (`detail`: 8,192), and longer ones cut with `…` at the end; NUL
 * characters and lone surrogates become U+FFFD, because callers choose some of these texts.
 */
export interface AuditEntry {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly atMs: number;
  /** What was asked: `attest`, `set-policy` … */
  readonly operation: string;
  readonly requestId: string;
  readonly verdict: AuditVerdict;
  /** The provider's name. */
  readonly provider?: string | undefined;
  readonly attestationType?: string | undefined;
  /** The caller's name; absent: anonymous. */
  readonly caller?: string | undefined;
  /** From which network address. */
  readonly address?: string | undefined;
  /** The refusal's code and where. */
  readonly code?: string | undefined;
  readonly refusedAt?: string | undefined;
  /** Digests of the evidence and of the policy that was evaluated, in the caller's encoding. */
  readonly evidenceDigest?: string | undefined;
  readonly policyDigest?: string | undefined;
  /** The version of that policy; absent for a default policy. */
  readonly policyVersion?: number | undefined;
  /** The `jti` of the token that was issued. */
  readonly tokenId?: string | undefined;
  /** Anything else, as JSON. */
  readonly detail?: string | undefined;
}

/** An entry as it was stored. */
export interface StoredAuditEntry extends AuditEntry {
  /** 36 lower-case hex digits; sorts by time. */
  readonly id: string;
}

const maxTextLength = 1024;
const maxDetailLength = 8192;
/** The columns of a row that the entry decides. */
export type AuditContent = Omit<AuditRow, 'id' | 'link'>;

/** What the row of an entry holds. */
export function contentOf(entry: AuditEntry): AuditContent {
  return {
    at_ms: Math.max(0, Math.floor(entry.atMs)),
    operation: clean(entry.operation) ?? '',
    provider: clean(entry.provider),
    attestation_type: clean(entry.attestationType),
    caller: clean(entry.caller),
    address: clean(entry.address),
    request_id: clean(entry.requestId) ?? '',
    verdict: entry.verdict,
    code: clean(entry.code),
    refused_at: clean(entry.refusedAt),
    evidence_digest: clean(entry.evidenceDigest),
    policy_digest: clean(entry.policyDigest),
    policy_version: entry.policyVersion ?? null,
    token_id: clean(entry.tokenId),
    detail: clean(entry.detail, maxDetailLength),
  };
}

/** The entry that a row stores; members that are null there are absent. */
export function entryOf(row: Omit<AuditRow, 'link'>): StoredAuditEntry {
  const members = {
    provider: row.provider,
    attestationType: row.attestation_type,
    caller: row.caller,
    address: row.address,
    code: row.code,
    refusedAt: row.refused_at,
    evidenceDigest: row.evidence_digest,
    policyDigest: row.policy_digest,
    policyVersion: row.policy_version,
    tokenId: row.token_id,
    detail: row.detail,
  };
  const present = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
  const { id, operation, request_id: requestId } = row;
  return { id, atMs: row.at_ms, operation, requestId, verdict: verdictOf(row.verdict), ...present };
}

function verdictOf(text: string): AuditVerdict {
  return text === 'allowed' || text === 'refused' ? text : 'failed';
}

function clean(text: string | undefined, longest = maxTextLength): string | null {
  if (text === undefined) return null;
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return short.isWellFormed() && !short.includes('\0') ? short : short.toWellFormed().replaceAll('\0', '\ufffd');
}
