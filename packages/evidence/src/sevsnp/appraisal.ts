/** What the appraisal of SEV-SNP evidence found. */
import type { SigningKey } from './layout.ts';
import type { SnpProduct, SnpTcb } from './product.ts';
import type { SnpReport } from './report.ts';

/** A genuine report. Whether it is good enough is for the baseline and the policy. */
export interface SnpAppraisal {
  readonly tee: 'sevsnp';
  readonly report: SnpReport;
  readonly product: SnpProduct;
  readonly signingKey: SigningKey;
  readonly currentTcb: SnpTcb;
  readonly reportedTcb: SnpTcb;
  readonly committedTcb: SnpTcb;
  readonly launchTcb: SnpTcb;
  readonly endorsementKeyCertificate: {
    readonly kind: SigningKey;
    /** Common name of the ASK or ASVK. */
    readonly issuer: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
    /** VLEK: the cloud provider. */
    readonly cspId: string | undefined;
  };
  /** Whether AMD's revocation list was checked. */
  readonly revocation: 'checked' | 'unchecked';
  /** The revocation list is past its next update; appraised only because the caller allowed it. */
  readonly revocationListExpired: boolean;
  /** The chain ends in a development root. */
  readonly developmentRoot: boolean;
}
