/** What the appraisal of TDX evidence found. */
import type { TcbStatus } from '../intel/collateral.ts';
import type { IntelPlatformAppraisal } from '../intel/platform-appraisal.ts';
import type { TdReportBody } from './report-body.ts';

/** A genuine TDX quote. Whether it is good enough is for the baseline and the policy. */
export interface TdxAppraisal extends IntelPlatformAppraisal {
  readonly tee: 'tdx';
  readonly quoteVersion: 3 | 4 | 5;
  readonly attestationKeyType: number;
  readonly certificationDataType: number;
  readonly body: TdReportBody;
  /** The domain can be debugged: its host can read its memory. */
  readonly debug: boolean;
  /** Status of the TDX module's own level; undefined for modules of version 0, which have none. */
  readonly tdxModuleStatus: TcbStatus | undefined;
  /** SHA-256 of the quote without trailing bytes, lower-case hex. */
  readonly quoteHash: string;
  readonly trailingBytes: number;
}
