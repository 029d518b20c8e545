/** Pins the types of the public API: this file only has to compile. */
import {
  type EvidenceCode,
  type IntelCollateral,
  type Outcome,
  type SgxAppraisal,
  type SnpEndorsements,
  unwrap,
  type VerifiedIntelCollateral,
  verifySevSnp,
  verifySgx,
} from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const evidence: Uint8Array;
declare const collateral: IntelCollateral;
declare const verified: VerifiedIntelCollateral;
declare const endorsements: SnpEndorsements;
const at = new Date();

same<ReturnType<typeof verifySgx>, Outcome<SgxAppraisal>>(true);
const outcome = verifySgx(evidence, { collateral, at, runtimeData: 'any' });
// @ts-expect-error an outcome must be looked at before its value is used
outcome.value;
if (!outcome.ok) {
  same<typeof outcome.refusal.code, EvidenceCode>(true);
  switch (outcome.refusal.code) {
    case 'baseline-tcb-status':
      break;
    // @ts-expect-error a misspelt code is no code
    case 'baseline-tcb-state':
      break;
  }
}
same<typeof verified.developmentRoot, boolean>(true);
unwrap(verifySgx(evidence, { collateral: verified, at, runtimeData: { bytes: evidence } }));

// @ts-expect-error leaving the runtime data out is no decision
verifySgx(evidence, { collateral, at });
// @ts-expect-error a time is a Date
verifySgx(evidence, { collateral, at: '2026-01-01T00:00:00Z', runtimeData: 'any' });
// @ts-expect-error nobody wants debuggable enclaves alone
verifySgx(evidence, { collateral, at, runtimeData: 'any', debug: true });
// @ts-expect-error a copy is not verified
verifySgx(evidence, { collateral: { ...verified, developmentRoot: false }, at, runtimeData: 'any' });
// @ts-expect-error revoked platforms are never good enough
verifySgx(evidence, { collateral, at, runtimeData: 'any', baseline: { acceptedTcbStatuses: ['Revokt'] } });
// @ts-expect-error AMD publishes no status: the least TCB is a decision
verifySevSnp(evidence, { collateral: endorsements, at, runtimeData: 'any', baseline: {} });
