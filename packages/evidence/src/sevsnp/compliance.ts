/** Compares a genuine guest with reference values (RFC 9334), which give it a compliance status. */
import { checkTime, settle, unwrap } from '@atesto/core';
import { hex } from '../claims.ts';
import type { Outcome } from '../outcome.ts';
import type { SnpReport } from './report.ts';
import { type UvmEndorsement, type UvmReference, verifyUvmEndorsement } from './uvm.ts';

/** What identifies the guests of one reference value. Hex in lower case. */
export type SnpGuestIdentity =
  /** Launch measurements, 48 bytes each. */
  | { readonly measurements: readonly string[] }
  /** Digests of the keys that signed the guests' ID blocks, 48 bytes each. */
  | { readonly idKeyDigests: readonly string[] }
  /** An endorser of utility VMs. */
  | { readonly uvm: UvmReference };

/**
 * Guests that the operator knows. One whose policy allows debugging is none of them, nor one that may be given to a migration agent: its host
 * chooses that agent, which gets the guest's memory.
 */
export interface SnpReferenceValue {
  /** What the claim `x-ms-compliance-status` says of them. */
  readonly complianceStatus: string;
  readonly identity: SnpGuestIdentity;
  /** Host data, 32 bytes each in hex; `any` leaves it to the policy. */
  readonly hostData: readonly string[] | 'any';
  readonly minimumGuestSvn: number;
  /**
   * The highest virtual machine privilege level that may have requested the report, 0 to 3. Below a paravisor, which runs at 0, software of
   * anybody's choice gets reports with the same measurement and with data of its own.
   */
  readonly maximumVmpl: number;
}

/** What was found out about a guest. */
export interface SnpGuestAppraisal {
  /** Of the first reference value that the guest fits; undefined: it fits none. */
  readonly complianceStatus: string | undefined;
  /** Who vouched for its utility VM; undefined: nobody was asked. */
  readonly uvm: UvmEndorsement | undefined;
}

function isKnown(report: SnpReport, value: SnpReferenceValue, uvm: UvmEndorsement | undefined): boolean {
  const { identity, hostData, minimumGuestSvn, maximumVmpl } = value;
  const { debugAllowed, migrationAgentAllowed } = report.policy;
  if (debugAllowed || migrationAgentAllowed) return false;
  if (report.guestSvn < minimumGuestSvn || report.vmpl > maximumVmpl) return false;
  if (hostData !== 'any' && !hostData.includes(hex(report.hostData))) return false;
  if ('measurements' in identity) return identity.measurements.includes(hex(report.measurement));
  if ('idKeyDigests' in identity) return identity.idKeyDigests.includes(hex(report.idKeyDigest));
  const { issuer, feed, minimumSvn, signerValidAt } = identity.uvm;
  if (uvm === undefined || uvm.signerValidAt !== signerValidAt) return false;
  return uvm.issuer === issuer && uvm.feed === feed && uvm.svn >= minimumSvn;
}

/** The first endorsement that holds; when none does, the first one's refusal. */
function firstEndorsement(
  report: SnpReport,
  endorsements: readonly Uint8Array[],
  references: readonly UvmReference[],
  at: Date,
): UvmEndorsement | undefined {
  if (references.length === 0) return undefined;
  const outcomes = endorsements.map((bytes) => verifyUvmEndorsement(bytes, report, references, at));
  const [first] = outcomes;
  for (const outcome of outcomes) if (outcome.ok) return outcome.value;
  return first === undefined ? undefined : unwrap(first);
}

/**
 * Holds a genuine report against reference values. Endorsements of a utility VM that came with the evidence are refused when reference values
 * name endorsers and none of them holds; they are passed over when no reference value names any.
 * @param endorsements COSE_Sign1 messages
 */
export function appraiseSnpGuest(
  report: SnpReport,
  endorsements: readonly Uint8Array[],
  values: readonly SnpReferenceValue[],
  at: Date,
): Outcome<SnpGuestAppraisal> {
  checkTime(at, 'at');
  return settle(() => {
    const references = values.flatMap(({ identity }) => ('uvm' in identity ? [identity.uvm] : []));
    const uvm = firstEndorsement(report, endorsements, references, at);
    const known = values.find((value) => isKnown(report, value, uvm));
    return { complianceStatus: known?.complianceStatus, uvm };
  });
}
