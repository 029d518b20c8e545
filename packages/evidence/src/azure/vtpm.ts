/** Appraises the vTPM of a genuine machine: runtime claims -> attestation key -> quote -> PCRs -> event log. */
import type { KeyObject } from 'node:crypto';
import { checkEventLog, type MeasuredBoot } from '../tpm/measured-boot.ts';
import { checkPcrDigest, checkQuoteNonce, type PcrValues, parseTpmQuote, type TpmQuote } from '../tpm/quote.ts';
import { checkTpmSignature } from '../tpm/signature.ts';

/** The vTPM's side of the evidence. */
export interface VtpmEvidence {
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  /** TPMT_SIGNATURE, or the bare value of an RSASSA-PKCS1-v1_5 signature with SHA-256. */
  readonly signature: Uint8Array;
  /** PCR values by number, of the bank that the quote selects. */
  readonly pcrs: PcrValues;
  /** Crypto-agile log of the TCG; absent or empty: none was sent. */
  readonly eventLog?: Uint8Array;
}

/** Options of an appraisal. */
export interface VtpmOptions {
  /** The nonce that the quote must answer; `any` accepts a quote of any age. */
  readonly nonce: Uint8Array | 'any';
}

/** The state of a vTPM whose attestation key is trusted. */
export interface VtpmAppraisal {
  readonly quote: TpmQuote;
  /** The PCRs that the quote covers, with their values. */
  readonly pcrs: PcrValues;
  /** What the event log says; undefined: there was none. */
  readonly measuredBoot: MeasuredBoot | undefined;
}

/** Appraises a quote under a trusted attestation key; refuses by throwing within this package. */
export function appraiseVtpm(evidence: VtpmEvidence, attestationKey: KeyObject, options: VtpmOptions): VtpmAppraisal {
  const quote = parseTpmQuote(evidence.quote);
  const hash = checkTpmSignature(evidence.quote, evidence.signature, attestationKey, 'tpm quote');
  if (options.nonce !== 'any') checkQuoteNonce(quote, options.nonce);
  const pcrs = checkPcrDigest(quote, evidence.pcrs, hash);
  const { eventLog = new Uint8Array() } = evidence;
  const measuredBoot = eventLog.length === 0 ? undefined : checkEventLog(eventLog, quote, pcrs);
  return { quote, pcrs, measuredBoot };
}
