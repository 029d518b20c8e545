/** Is a genuine SEV-SNP report recent enough, and of a kind that the provider accepts? */
import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import type { SnpAppraisal } from './appraisal.ts';
import type { SevSnpCode } from './codes.ts';
import { type SnpProduct, type SnpTcb, tcbShortfalls } from './product.ts';

/** What a provider demands of SEV-SNP evidence. */
export interface SnpBaseline {
  /** Least security patch level of each part of the reported TCB, by product. */
  readonly minimumTcb: { readonly [product in SnpProduct]?: Partial<SnpTcb> };
  /** What to do with a product that `minimumTcb` does not name. */
  readonly productsWithoutMinimum: 'accept' | 'refuse';
  /** `forbid` refuses guests whose policy allows debugging; `policy` leaves it to the attestation policy. */
  readonly debug: 'policy' | 'forbid';
  /** `crl` demands that the chain was checked against AMD's revocation list. */
  readonly revocation: 'crl' | 'unchecked';
}

/** No minimum, debugging left to the policy, revocation demanded. */
export const defaultSnpBaseline: SnpBaseline = {
  minimumTcb: {},
  productsWithoutMinimum: 'accept',
  debug: 'policy',
  revocation: 'crl',
};

function refuseBaseline(code: SevSnpCode, why: string): never {
  refuse(code, 'report', why);
}

function checkMinimumTcb(appraisal: SnpAppraisal, baseline: SnpBaseline): void {
  const minimum = baseline.minimumTcb[appraisal.product];
  if (minimum === undefined) {
    if (baseline.productsWithoutMinimum === 'refuse') {
      refuseBaseline('snp-baseline-product', `the baseline names no minimum TCB for ${appraisal.product}`);
    }
    return;
  }
  const shortfalls = tcbShortfalls(appraisal.reportedTcb, minimum);
  if (shortfalls.length === 0) return;
  const parts = shortfalls.map(
    ({ part, have, need }) => `${part} is ${have}, ${need} is needed (${need - have} short)`,
  );
  refuseBaseline(
    'snp-baseline-tcb',
    `the reported TCB of this ${appraisal.product} is below the baseline: ${parts.join('; ')}`,
  );
}

/** Checks an appraisal against a provider's baseline. */
export function checkSnpBaseline(appraisal: SnpAppraisal, baseline: SnpBaseline): Outcome<SnpAppraisal> {
  return settle(() => {
    if (baseline.revocation === 'crl' && appraisal.revocation !== 'checked') {
      refuseBaseline('snp-baseline-revocation', 'no revocation list was given for the chain');
    }
    checkMinimumTcb(appraisal, baseline);
    if (baseline.debug === 'forbid' && appraisal.report.policy.debugAllowed) {
      refuseBaseline('snp-baseline-debug', 'the guest policy allows debugging, which the baseline forbids');
    }
    return appraisal;
  });
}
