/** Pins the types of the public API: this file only has to compile. */
import {
  type CompiledPolicy,
  compilePolicy,
  type Decision,
  evaluatePolicy,
  type PolicyCode,
  type PolicyTestReport,
  testPolicy,
} from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const policy: CompiledPolicy;

const verdict = evaluatePolicy(policy, []);
same<typeof verdict.decision, Decision>(true);
// @ts-expect-error a verdict is no outcome: whoever wrote this would admit what was denied
verdict.ok;
// @ts-expect-error only a failed evaluation has a refusal
verdict.refusal;
if (verdict.decision === 'failed') {
  same<typeof verdict.refusal.code, PolicyCode>(true);
  // @ts-expect-error a misspelt code is no code
  if (verdict.refusal.code === 'not-one-vlaue') verdict.outgoing;
}
// @ts-expect-error programs are the package's own affair
policy.program;
// @ts-expect-error Azure's names are the only ones
compilePolicy('', { attestationType: 'sgx' });
// @ts-expect-error a decision is one of three
testPolicy('', [{ name: 'a', claims: {}, expect: 'allowed' }]);
same<ReturnType<typeof testPolicy>, PolicyTestReport>(true);
