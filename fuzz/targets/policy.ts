/** Policies: any text is compiled, formatted, evaluated and explained within the counted budgets. */
import {
  type Claim,
  compilePolicy,
  defaultPolicies,
  evaluatePolicy,
  explainVerdict,
  formatPolicy,
  limits,
} from '@atesto/policy';
import { hostilePolicies } from '@atesto/policy/testing';
import type { FuzzTarget } from '../engine/target.ts';

const service = (type: string, value: Claim['value']): Claim => ({ type, value, issuer: 'AttestationService' });
const claims: readonly Claim[] = [
  service('x-ms-attestation-type', 'sgx'),
  service('x-ms-sgx-svn', 3n),
  service('x-ms-sgx-is-debuggable', false),
  service('events', '{"Events":[{"PcrIndex":7,"Name":"SecureBoot","Data":[1,2.5,"x"]},{"PcrIndex":12}]}'),
  service('list', 'a'),
  service('list', 'b'),
];
const all = `version=1.2;
configurationrules { => issueproperty(type="x-ms-sgx-tcbidentifier", value="azuredefault"); };
authorizationrules {
  c:[type=="events"] => add(type="e", value=JmesPath(c.value, AppendString("Events[?PcrIndex==", "\`7\`].{n:Name,d:Data[*]}|sort_by(@,&n)")));
  c:[type=="list"] && ![type=="x-ms-sgx-svn", value<2] => add(claim=c);
  [type=="list", value==IsSubsetOf("a", JsonToClaimValue("[\\"a\\"]"))] => deny();
  => permit();
};
issuancerules { c:[type=="list"] => issue(type="roles", value=c.value); };`;

/** Those that do not end by their number of repetitions alone: mutants of the others only take as long. */
const small = hostilePolicies.filter(({ text }) => text.length < 4096).map(({ text }) => text);

export const target: FuzzTarget = {
  seeds: [all, ...Object.values(defaultPolicies), ...small].map((text) => Buffer.from(text)),
  dictionary: [
    '=>',
    '&&',
    '![',
    'JmesPath(',
    'AppendString(c.value, c.value)',
    'c.value',
    'add(claim=c);',
    '|[@,@]',
    '[*]',
    '`{}`',
  ].map((word) => Buffer.from(word)),
  run: (input) => {
    const text = Buffer.from(input).toString();
    formatPolicy(text);
    const compiled = compilePolicy(text, { attestationType: 'SgxEnclave' });
    if (!compiled.ok) return { code: compiled.errors[0]?.code ?? 'none' };
    const verdict = evaluatePolicy(compiled.value, claims);
    const { work, madeLength, cells } = verdict.spent;
    if (work > limits.work || madeLength > limits.madeLength || cells > limits.cells)
      throw new Error('over the budget');
    const explanation = explainVerdict(compiled.value, claims, verdict);
    if (verdict.decision === 'failed') return { code: verdict.refusal.code };
    return { code: verdict.decision === 'permitted' ? 'accepted' : `refused-${explanation?.kind}` };
  },
};
