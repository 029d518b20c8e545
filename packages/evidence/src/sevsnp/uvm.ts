/**
 * Who vouches for the utility VM that a launch measurement stands for? Confidential containers carry a COSE_Sign1 in which the
 * builder of the utility VM endorses a measurement under an issuer, a feed and a security version.
 * The issuer is a did:x509, so trust in it is trust in the authority whose fingerprint it carries; which issuers and feeds to trust is
 * the operator's decision.
 */
import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import { checkChainLinks, checkValidity } from '../x509/chain.ts';
import { checkDidX509 } from '../x509/did.ts';
import { checkCoseSignature, parseCoseSign1 } from './cose.ts';
import type { SnpReport } from './report.ts';

/** A trusted endorser of utility VMs. */
export interface UvmReference {
  /** did:x509 of the endorser, exact. */
  readonly issuer: string;
  /** Product line, exact; like `ContainerPlat-AMD-UVM`. */
  readonly feed: string;
  /** Least security version. */
  readonly minimumSvn: number;
}

/** A utility VM endorsement that holds for a report. */
export interface UvmEndorsement {
  readonly issuer: string;
  readonly feed: string;
  readonly svn: number;
}

function parsePayload(payload: Uint8Array): { measurement: string; svn: number } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return refuse('uvm-malformed', 'UVM endorsement', 'the payload is not JSON in UTF-8');
  }
  const members = new Map(Object.entries(typeof json === 'object' && json !== null ? json : {}));
  const measurement = members.get('x-ms-sevsnpvm-launchmeasurement');
  const svn: unknown = members.get('x-ms-sevsnpvm-guestsvn');
  if (typeof measurement !== 'string' || !/^[0-9a-fA-F]{96}$/.test(measurement)) {
    return refuse('uvm-malformed', 'UVM endorsement', 'the payload names no launch measurement of 48 bytes');
  }
  if ((typeof svn !== 'string' && typeof svn !== 'number') || !/^\d{1,10}$/.test(String(svn))) {
    return refuse('uvm-malformed', 'UVM endorsement', 'the payload names no security version');
  }
  return { measurement: measurement.toLowerCase(), svn: Number(svn) };
}

/**
 * Verifies an endorsement and holds it against a genuine report.
 * @param bytes COSE_Sign1
 * @param references the endorsers to trust; none of them: nothing is trusted
 */
export function verifyUvmEndorsement(
  bytes: Uint8Array,
  report: SnpReport,
  references: readonly UvmReference[],
  at: Date,
): Outcome<UvmEndorsement> {
  return settle(() => {
    const message = parseCoseSign1(bytes);
    const [leaf] = message.chain;
    if (leaf === undefined) return refuse('uvm-malformed', 'UVM endorsement', 'there is no signing certificate');
    checkChainLinks(message.chain);
    for (const certificate of message.chain) checkValidity(certificate, Math.max(at.getTime(), leaf.notBefore));
    checkDidX509(message.issuer, message.chain);
    checkCoseSignature(message, leaf.publicKey);
    const { measurement, svn } = parsePayload(message.payload);
    const { issuer, feed } = message;
    const reference = references.find((known) => known.issuer === issuer && known.feed === feed);
    if (reference === undefined) {
      return refuse('uvm-untrusted', 'UVM endorsement', `issuer ${issuer} with feed ${feed} is not trusted`);
    }
    if (svn < reference.minimumSvn) {
      refuse('uvm-svn', 'UVM endorsement', `security version ${svn} is below ${reference.minimumSvn}`);
    }
    if (Buffer.from(report.measurement).toString('hex') !== measurement) {
      refuse('uvm-measurement', 'report+144', 'the endorsement is for another launch measurement');
    }
    return { issuer, feed, svn };
  });
}
