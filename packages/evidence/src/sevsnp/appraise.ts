/** Checks, in order, that an SEV-SNP report is genuine. Source: AMD 56860, section "Attestation"; AMD 57230. */

import { verify } from 'node:crypto';
import { checkOptions, checkTime, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { checkValidity } from '../x509/chain.ts';
import { checkNotRevoked } from '../x509/revocation.ts';
import type { SnpAppraisal } from './appraisal.ts';
import type { EndorsementKeyFacts } from './certificate.ts';
import type { SevSnpCode } from './codes.ts';
import { checkVerified, type VerifiedSnpEndorsements } from './endorsements.ts';
import { parseSnpTcb, productOfCpuId, type SnpTcb, tcbParts, tcbShortfalls } from './product.ts';
import type { ParsedSnpReport, SnpReport } from './report.ts';

/** Options of {@link appraiseSnp}. */
export interface SnpAppraisalOptions {
  /** The moment at which the verdict is to hold. */
  readonly at: Date;
  /** Accept a revocation list past its next update, and report it; default: refuse it. */
  readonly allowExpiredCollateral?: boolean;
}

function refuseSnp(code: SevSnpCode, where: string, why: string): never {
  refuse(code, where, why);
}

function checkProduct(report: SnpReport, { chain, facts }: VerifiedSnpEndorsements): void {
  const names = [
    facts.product,
    chain.root.commonName.replace(/^ARK-/, ''),
    ...(report.cpuId === undefined ? [] : [productOfCpuId(report.cpuId)]),
  ];
  if (names.some((name) => name !== facts.product)) {
    refuseSnp('snp-product-mismatch', 'report+392', `certificate, root and report name ${names.join(', ')}`);
  }
}

/** Dates of AMD's CAs, and the end of the leaf's: its beginning is the time of the request to AMD's key service. */
function checkDates({ chain }: VerifiedSnpEndorsements, at: number): void {
  const [leaf, ...authorities] = chain.certificates;
  for (const certificate of authorities) checkValidity(certificate, at);
  if (leaf !== undefined) checkValidity(leaf, Math.max(at, leaf.notBefore));
}

function checkRevocation(
  { chain, revocationList: list }: VerifiedSnpEndorsements,
  options: SnpAppraisalOptions,
): boolean {
  if (list === undefined) return false;
  const at = options.at.getTime();
  if (!(at >= list.thisUpdate)) {
    refuse('crl-not-yet-valid', 'AMD CRL', `the list is of ${new Date(list.thisUpdate).toISOString()}`);
  }
  const expired = !(at <= list.nextUpdate);
  if (expired && options.allowExpiredCollateral !== true) {
    refuse('collateral-expired', 'AMD CRL', `the next list was due at ${new Date(list.nextUpdate).toISOString()}`);
  }
  // AMD's list is the root's: it revokes the authorities below it.
  checkNotRevoked(chain.issuer, list);
  return expired;
}

/** The ASK issues VCEKs, the ASVK issues VLEKs. */
function checkKeyKind(report: SnpReport, { chain, facts }: VerifiedSnpEndorsements): void {
  const issuer = facts.kind === 'VCEK' ? `SEV-${facts.product}` : `SEV-VLEK-${facts.product}`;
  if (chain.issuer.commonName !== issuer) {
    refuseSnp('snp-certificate-issuer', chain.leaf.commonName, `${facts.kind} certificates are issued by ${issuer}`);
  }
  if (report.signingKey !== facts.kind) {
    refuseSnp(
      'snp-certificate-kind',
      'report+72',
      `a ${report.signingKey} signed, the certificate is of a ${facts.kind}`,
    );
  }
}

function checkSignature(parsed: ParsedSnpReport, { chain }: VerifiedSnpEndorsements): void {
  const key = { key: chain.leaf.publicKey, dsaEncoding: 'ieee-p1363' as const };
  if (!verify('sha384', parsed.signedBytes, key, parsed.signature)) {
    refuseSnp('snp-signature', 'report+672', 'the key of the certificate did not sign this report');
  }
}

function checkCertifiedTcb(reported: SnpTcb, facts: EndorsementKeyFacts): void {
  const differing = tcbParts.filter((part) => reported[part] !== facts.tcb[part]);
  if (differing.length > 0) {
    const parts = differing.map((part) => `${part} ${reported[part]} in the report, ${facts.tcb[part]} certified`);
    refuseSnp('snp-certificate-tcb', 'report+384', parts.join('; '));
  }
}

function checkChip(report: SnpReport, facts: EndorsementKeyFacts): void {
  if (facts.hardwareId === undefined) return;
  if (report.chipKeyMasked || report.chipId.every((byte) => byte === 0)) {
    refuseSnp('snp-chip-id-masked', 'report+416', 'the report carries no chip id to compare with the certificate');
  }
  const size = facts.product === 'Turin' ? 8 : 64;
  const rest = report.chipId.subarray(size);
  const same =
    facts.hardwareId.length === size && Buffer.compare(report.chipId.subarray(0, size), facts.hardwareId) === 0;
  if (!same || rest.some((byte) => byte !== 0)) {
    refuseSnp('snp-certificate-chip', 'report+416', 'the certificate is for another chip');
  }
}

function checkTcbOrder(current: SnpTcb, lower: SnpTcb, name: string): void {
  const [shortfall] = tcbShortfalls(current, lower);
  if (shortfall !== undefined) {
    const { part, have, need } = shortfall;
    refuseSnp('snp-tcb-order', 'report+56', `${part} of the ${name} TCB is ${need}, above the current ${have}`);
  }
}

/**
 * Appraises a report against AMD's endorsements at a time. Throws `ConfigurationError` for endorsements that are not themselves verified and
 * for an invalid time.
 * @param parsed from `parseSnpReport`, or from `parseSnpEvidence`
 * @param endorsements from `verifySnpEndorsements`, good for every report of the same key
 */
export function appraiseSnp(
  parsed: ParsedSnpReport,
  endorsements: VerifiedSnpEndorsements,
  options: SnpAppraisalOptions,
): Outcome<SnpAppraisal> {
  checkVerified(endorsements);
  checkOptions(options, { at: true, allowExpiredCollateral: true }, 'options');
  checkTime(options.at, 'options.at');
  return settle(() => {
    const { report } = parsed;
    const { chain, facts } = endorsements;
    checkProduct(report, endorsements);
    checkDates(endorsements, options.at.getTime());
    const revocationListExpired = checkRevocation(endorsements, options);
    checkKeyKind(report, endorsements);
    checkSignature(parsed, endorsements);
    const reportedTcb = parseSnpTcb(report.reportedTcb, facts.product, 'report+384');
    const currentTcb = parseSnpTcb(report.currentTcb, facts.product, 'report+56');
    const committedTcb = parseSnpTcb(report.committedTcb, facts.product, 'report+480');
    const launchTcb = parseSnpTcb(report.launchTcb, facts.product, 'report+496');
    checkCertifiedTcb(reportedTcb, facts);
    checkChip(report, facts);
    checkTcbOrder(currentTcb, reportedTcb, 'reported');
    checkTcbOrder(currentTcb, committedTcb, 'committed');
    return {
      tee: 'sevsnp',
      report,
      product: facts.product,
      signingKey: report.signingKey,
      currentTcb,
      reportedTcb,
      committedTcb,
      launchTcb,
      endorsementKeyCertificate: {
        kind: facts.kind,
        issuer: chain.issuer.commonName,
        notBefore: new Date(chain.leaf.notBefore),
        notAfter: new Date(chain.leaf.notAfter),
        cspId: facts.cspId,
      },
      revocation: endorsements.revocationList === undefined ? 'unchecked' : 'checked',
      revocationListExpired,
      developmentRoot: chain.anchor.development,
    };
  });
}
