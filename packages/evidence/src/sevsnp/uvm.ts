/**
 * Verifies who vouches for the utility VM that a launch measurement stands for. Confidential containers carry a COSE_Sign1 in which the
 * builder of the utility VM endorses a measurement under an issuer, a feed and a security version.
 * The issuer is a did:x509, so trust in it is trust in the authority whose fingerprint it carries; which issuers and feeds to trust is
 * the operator's decision.
 */
import { checkTime, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { Certificate } from '../x509/certificate.ts';
import { checkChainLinks, checkValidity } from '../x509/chain.ts';
import { checkDidX509 } from '../x509/did.ts';
import { allowsUsage } from '../x509/extensions.ts';
import type { SevSnpCode } from './codes.ts';
import { checkCoseSignature, parseCoseSign1 } from './cose.ts';
import type { SnpReport } from './report.ts';
import { parseUvmStatement, type UvmStatement } from './uvm-statement.ts';

/** A trusted endorser of utility VMs. */
export interface UvmReference {
  /** did:x509 of the endorser, exact. */
  readonly issuer: string;
  /** Product line, exact; like `ContainerPlat-AMD-UVM`. */
  readonly feed: string;
  /** Least security version. */
  readonly minimumSvn: number;
  /**
   * When the signer's certificates must be valid: at the appraisal, or when the endorsement says that it was signed. Signers' certificates
   * last a year and utility VMs are in use for longer; but the time of signing is the signer's word alone, so that with `signing` a key that
   * leaks after its certificate has expired still endorses.
   */
  readonly signerValidAt: 'appraisal' | 'signing';
}

/** A utility VM endorsement that holds for a report. */
export interface UvmEndorsement {
  readonly issuer: string;
  readonly feed: string;
  readonly svn: number;
  /** The time to which its signer was held. */
  readonly signerValidAt: UvmReference['signerValidAt'];
}

function refuseUvm(code: SevSnpCode, why: string, where = 'UVM endorsement'): never {
  refuse(code, where, why);
}

/** The first reference of the endorser whose least security version is met, else its first. */
function referenceFor({ issuer, feed, svn }: UvmStatement, references: readonly UvmReference[]): UvmReference {
  const known = references.filter((reference) => reference.issuer === issuer && reference.feed === feed);
  const [first] = known;
  if (first === undefined) return refuseUvm('uvm-untrusted', `issuer ${issuer} with feed ${feed} is not trusted`);
  return known.find(({ minimumSvn }) => svn >= minimumSvn) ?? first;
}

/** No endorsement is from the future, whichever time its signer is held to. */
function checkSignerDates(
  chain: readonly Certificate[],
  { signedAt }: UvmStatement,
  { signerValidAt }: UvmReference,
  at: number,
): void {
  if (signedAt !== undefined && !(signedAt <= at)) {
    refuseUvm('uvm-signing-time', `it was signed at ${new Date(signedAt).toISOString()}, after the appraisal`);
  }
  const heldAt =
    signerValidAt === 'appraisal'
      ? at
      : (signedAt ?? refuseUvm('uvm-signing-time', 'it does not say when it was signed'));
  for (const certificate of chain) checkValidity(certificate, heldAt);
}

/**
 * Verifies an endorsement and holds it against a genuine report.
 * @param bytes COSE_Sign1
 * @param references the endorsers to trust; none of them: nothing is trusted
 * @param at the moment of the appraisal
 */
export function verifyUvmEndorsement(
  bytes: Uint8Array,
  report: Pick<SnpReport, 'measurement'>,
  references: readonly UvmReference[],
  at: Date,
): Outcome<UvmEndorsement> {
  checkTime(at, 'at');
  return settle(() => {
    const message = parseCoseSign1(bytes);
    const statement = parseUvmStatement(message);
    const reference = referenceFor(statement, references);
    const [leaf] = message.chain;
    checkChainLinks(message.chain);
    if (!allowsUsage(leaf.extensions, 'digitalSignature', leaf.commonName)) {
      refuse('chain-key-usage', leaf.commonName, 'the key usage does not allow signing');
    }
    checkSignerDates(message.chain, statement, reference, at.getTime());
    checkDidX509(statement.issuer, message.chain);
    checkCoseSignature(message, leaf.publicKey);
    const { issuer, feed, svn, measurement } = statement;
    if (svn < reference.minimumSvn) {
      refuseUvm('uvm-svn', `security version ${svn} is below ${reference.minimumSvn}`);
    }
    if (Buffer.from(report.measurement).toString('hex') !== measurement) {
      refuseUvm('uvm-measurement', 'the endorsement is for another launch measurement', 'report+144');
    }
    return { issuer, feed, svn, signerValidAt: reference.signerValidAt };
  });
}
