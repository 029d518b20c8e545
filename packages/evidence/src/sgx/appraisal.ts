/** What the appraisal of SGX evidence found. */
import type { IntelPlatformAppraisal } from '../intel/platform-appraisal.ts';
import type { SgxReportBody } from '../intel/report-body.ts';
import type { OpenEnclaveClaims } from '../openenclave/claims.ts';

/** A genuine SGX quote. Whether it is good enough is for the baseline and the policy. */
export interface SgxAppraisal extends IntelPlatformAppraisal {
  readonly tee: 'sgx';
  readonly quoteVersion: 3 | 4 | 5;
  readonly attestationKeyType: number;
  readonly certificationDataType: number;
  readonly body: SgxReportBody;
  /** The enclave can be debugged: its host can read its memory. */
  readonly debug: boolean;
  /** SHA-256 of the quote without container and trailing bytes, lower-case hex. */
  readonly quoteHash: string;
  readonly trailingBytes: number;
  /** Present when the evidence came in an OpenEnclave container. */
  readonly openEnclave: OpenEnclaveClaims | undefined;
}
