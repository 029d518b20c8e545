/** The two signatures of a quote: the platform's over its quoting enclave, and the attestation key's over the quote. */

import { createHash, verify } from 'node:crypto';
import { refuse } from '../outcome.ts';
import type { VerifiedPck } from './pck-chain.ts';
import type { ParsedQuote } from './quote.ts';
import type { SgxReportBody } from './report-body.ts';
import type { CachedComputation, VerificationCache } from './verification-cache.ts';

/** SubjectPublicKeyInfo of a P-256 key, up to the coordinates (RFC 5480, section 2). */
const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

const qeReportSigned: CachedComputation<true> = {
  name: 'QE report signature',
  is: (value): value is true => value === true,
};

/** Checks that the PCK key signed the report of the quoting enclave. */
export function checkQeReportSignature(
  quote: ParsedQuote,
  pck: VerifiedPck,
  cache: VerificationCache | undefined,
): void {
  const compute = (): true => {
    const key = { key: pck.chain.leaf.publicKey, dsaEncoding: 'ieee-p1363' as const };
    if (!verify('sha256', quote.qeReport, key, quote.qeReportSignature)) {
      refuse('qe-report-signature', 'QE report', 'the PCK key did not sign the report of the quoting enclave');
    }
    return true;
  };
  if (cache === undefined) compute();
  else {
    const report = Buffer.concat([quote.qeReport, quote.qeReportSignature]).toString('latin1');
    cache.getOrCompute(qeReportSigned, `${pck.chain.leaf.spkiSha256}${report}`, compute);
  }
}

/** Checks that the quoting enclave vouches for the attestation key: report data = SHA-256(key || authentication data), then zeros. */
export function checkQeReportData(quote: ParsedQuote, qeReport: SgxReportBody): void {
  const digest = createHash('sha256').update(quote.attestationKey).update(quote.qeAuthData).digest();
  const rest = qeReport.reportData.subarray(32);
  if (Buffer.compare(qeReport.reportData.subarray(0, 32), digest) !== 0 || rest.some((byte) => byte !== 0)) {
    refuse(
      'qe-report-data',
      'QE report',
      'the report data is not the hash of the attestation key and authentication data, then zeros',
    );
  }
}

/** Whether the attestation key signed the quote; a key that is no point on P-256 is refused. */
function quoteSignatureHolds({ attestationKey, signedBytes, signature }: ParsedQuote): boolean {
  // The verification itself imports the key, from text: a key object, or bytes instead of text, costs a tenth of the whole appraisal.
  const key = {
    key: Buffer.concat([p256Prefix, attestationKey]).toString('base64'),
    encoding: 'base64',
    format: 'der',
    type: 'spki',
    dsaEncoding: 'ieee-p1363',
  } as const;
  try {
    return verify('sha256', signedBytes, key, signature);
  } catch {
    return refuse('quote-attestation-key', 'quote', 'the attestation key is not a point on P-256');
  }
}

/** Checks that the attestation key signed the quote. */
export function checkQuoteSignature(quote: ParsedQuote): void {
  if (!quoteSignatureHolds(quote)) {
    refuse('quote-signature', 'quote', 'the attestation key did not sign this quote');
  }
}
