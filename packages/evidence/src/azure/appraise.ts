/**
 * Is an Azure confidential VM genuine? The chain of trust: vendor -> hardware report -> runtime claims -> attestation key -> vTPM quote -> PCRs.
 * The hardware evidence is appraised by its own technology first; its result is an argument.
 */
import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import type { SnpAppraisal } from '../sevsnp/appraisal.ts';
import type { TdxAppraisal } from '../tdx/appraisal.ts';
import {
  checkPcrDigest,
  checkQuoteNonce,
  checkQuoteSignature,
  type PcrValues,
  parseTpmQuote,
  type TpmQuote,
} from '../tpm/quote.ts';
import { checkHclBinding, type HclReport, parseHclReport } from './hcl-report.ts';
import { attestationKeyOf, parseRuntimeClaims, type RuntimeClaims } from './runtime-claims.ts';

/** The vTPM's side of the evidence. */
export interface VtpmEvidence {
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  /** RSASSA-PKCS1-v1_5 signature, bare. */
  readonly signature: Uint8Array;
  /** SHA-256 PCR values by number. */
  readonly pcrs: PcrValues;
}

/** Options of {@link appraiseAzureCvm}. */
export interface AzureCvmOptions {
  /** The nonce that the quote must answer; `any` accepts a quote of any age. */
  readonly nonce: Uint8Array | 'any';
}

/** A genuine confidential VM with the state of its vTPM. */
export interface AzureCvmAppraisal {
  readonly tee: 'azure-cvm';
  readonly hardware: SnpAppraisal | TdxAppraisal;
  readonly hcl: HclReport;
  readonly runtimeClaims: RuntimeClaims;
  readonly quote: TpmQuote;
  /** The PCRs that the quote covers, with their values. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
}

const reportDataOf = (hardware: SnpAppraisal | TdxAppraisal): Uint8Array =>
  hardware.tee === 'tdx' ? hardware.body.reportData : hardware.report.reportData;

/** The hardware report that an HCL report carries: an SEV-SNP report to appraise, or a TD report (whose quote must be fetched). */
export function readHclReport(bytes: Uint8Array): Outcome<HclReport> {
  return settle(() => parseHclReport(bytes));
}

function checkKind(hcl: HclReport, hardware: SnpAppraisal | TdxAppraisal): void {
  const kind = hardware.tee === 'tdx' ? 'TDX' : 'SEV-SNP';
  if (hcl.reportType !== kind) {
    refuse('hcl-report-type', 'hcl report', `the HCL report is of ${hcl.reportType}, the hardware evidence of ${kind}`);
  }
}

/**
 * Appraises the vTPM's quote under genuine hardware evidence.
 * @param hardware the appraisal of the SNP report in the HCL report, or of a TD quote that commits to the same runtime claims
 */
export function appraiseAzureCvm(
  hclReport: Uint8Array,
  hardware: SnpAppraisal | TdxAppraisal,
  vtpm: VtpmEvidence,
  options: AzureCvmOptions,
): Outcome<AzureCvmAppraisal> {
  return settle(() => {
    const hcl = parseHclReport(hclReport);
    checkKind(hcl, hardware);
    checkHclBinding(hcl, reportDataOf(hardware));
    const runtimeClaims = parseRuntimeClaims(hcl);
    const quote = parseTpmQuote(vtpm.quote);
    checkQuoteSignature(vtpm.quote, vtpm.signature, attestationKeyOf(runtimeClaims));
    if (options.nonce !== 'any') checkQuoteNonce(quote, options.nonce);
    checkPcrDigest(quote, vtpm.pcrs);
    const covered = quote.selections.flatMap(({ pcrs }) => pcrs);
    const pcrs = new Map([...vtpm.pcrs].filter(([pcr]) => covered.includes(pcr)));
    return { tee: 'azure-cvm', hardware, hcl, runtimeClaims, quote, pcrs };
  });
}
