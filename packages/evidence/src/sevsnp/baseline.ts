/** Checks a genuine SEV-SNP report against the security baseline of a provider. */
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { SnpAppraisal } from './appraisal.ts';
import type { SevSnpCode } from './codes.ts';
import { type SnpProduct, type SnpTcb, tcbShortfalls } from './product.ts';

/** What a provider demands of SEV-SNP evidence. */
export interface SnpBaseline {
  /** Least security patch level of each part of the reported and of the committed TCB, by product: the host may go back to what it has committed. */
  readonly minimumTcb: { readonly [product in SnpProduct]?: Partial<SnpTcb> };
  /** What to do with a product that `minimumTcb` does not name. */
  readonly productsWithoutMinimum: 'accept' | 'refuse';
  /** `forbid` refuses guests whose policy allows debugging; `policy` leaves it to the attestation policy. */
  readonly debug: 'policy' | 'forbid';
  /** The same for guests whose policy allows a migration agent. */
  readonly migration: 'policy' | 'forbid';
  /** The same for guests whose policy allows simultaneous multithreading. */
  readonly smt: 'policy' | 'forbid';
  /** Highest virtual machine privilege level that may have requested the report, from 0 (most privileged) to 3. */
  readonly maximumVmpl: number;
  /** `crl` demands that the chain was checked against AMD's revocation list. */
  readonly revocation: 'crl' | 'unchecked';
}

/** No minimum, the guest's own policy and privilege level left to the attestation policy, revocation demanded. */
export const defaultSnpBaseline: SnpBaseline = {
  minimumTcb: {},
  productsWithoutMinimum: 'accept',
  debug: 'policy',
  migration: 'policy',
  smt: 'policy',
  maximumVmpl: 3,
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
  for (const kind of ['reported', 'committed'] as const) {
    const shortfalls = tcbShortfalls(appraisal[`${kind}Tcb`], minimum);
    if (shortfalls.length === 0) continue;
    const parts = shortfalls.map(
      ({ part, have, need }) => `${part} is ${have}, ${need} is needed (${need - have} short)`,
    );
    refuseBaseline(
      'snp-baseline-tcb',
      `the ${kind} TCB of this ${appraisal.product} is below the baseline: ${parts.join('; ')}`,
    );
  }
}

function checkGuestPolicy({ report }: SnpAppraisal, baseline: SnpBaseline): void {
  const { policy, vmpl } = report;
  if (baseline.debug === 'forbid' && policy.debugAllowed) {
    refuseBaseline('snp-baseline-debug', 'the guest policy allows debugging, which the baseline forbids');
  }
  if (baseline.migration === 'forbid' && policy.migrationAgentAllowed) {
    refuseBaseline('snp-baseline-migration', 'the guest policy allows a migration agent, which the baseline forbids');
  }
  if (baseline.smt === 'forbid' && policy.smtAllowed) {
    refuseBaseline('snp-baseline-smt', 'the guest policy allows SMT, which the baseline forbids');
  }
  if (vmpl > baseline.maximumVmpl) {
    refuseBaseline('snp-baseline-vmpl', `the report is of VMPL ${vmpl}, the baseline allows ${baseline.maximumVmpl}`);
  }
}

/** Checks an appraisal against a provider's baseline. */
export function checkSnpBaseline(appraisal: SnpAppraisal, baseline: SnpBaseline): Outcome<SnpAppraisal> {
  return settle(() => {
    if (baseline.revocation === 'crl' && appraisal.revocation !== 'checked') {
      refuseBaseline('snp-baseline-revocation', 'no revocation list was given for the chain');
    }
    checkMinimumTcb(appraisal, baseline);
    checkGuestPolicy(appraisal, baseline);
    return appraisal;
  });
}
