import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testProvider } from '../../__fixtures__/provider.ts';
import type { AuditContext } from '../../audit/context.ts';
import { refusalOfError } from '../../http/refusal-of.ts';
import type { PolicyClaim, ProviderPolicy } from '../../providers/policy.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AttestRequest } from '../request.ts';
import { type JudgedType, judge } from './evaluate.ts';

const type: JudgedType<undefined> = {
  name: 'SgxEnclave',
  claim: 'sgx',
  checkBaseline: () => ({ ok: true, value: undefined }),
  claims: () => ({ 'x-ms-sgx-svn': 5, 'x-ms-sgx-is-debuggable': false, list: ['a', 'b'], object: { member: 'text' } }),
  incomingClaims: () => ({ $svn: 5 }),
};

const request: AttestRequest = { evidence: new Uint8Array(), runtimeData: { bytes: Buffer.from('held') } };

interface Judged {
  /** `permitted`, or the code of the refusal. */
  readonly code: string;
  /** What the audit record was told. */
  readonly noted: AuditContext[];
}

async function judged(provider: Provider, more: Partial<AttestRequest> = {}, judgedType = type): Promise<Judged> {
  const noted: AuditContext[] = [];
  const audit = { note: (note: AuditContext) => noted.push(note) };
  const parts = {
    provider,
    at: new Date(),
    audit,
    signal: new AbortController().signal,
    owner: () => 'alice',
    mayReadPolicies: false,
  };
  try {
    await judge(judgedType, undefined, { ...request, ...more }, parts);
    return { code: 'permitted', noted };
  } catch (error) {
    const refused = refusalOfError(error) ?? assert.fail(String(error));
    assert.equal(refused.status, 400);
    return { code: refused.refusal.code, noted };
  }
}

const under = (policy: ProviderPolicy | undefined): Provider =>
  testProvider({ policyOf: () => (policy === undefined ? undefined : { policy }) });

async function codeOf(policy: ProviderPolicy | undefined): Promise<string> {
  return (await judged(under(policy))).code;
}

test('shows the policy the claims of the appraisal as the service’s and the caller’s data as the caller’s', async () => {
  let seen: readonly PolicyClaim[] = [];
  const seeing: ProviderPolicy = {
    text: '',
    hash: 'hash',
    minimumTcbEvaluationDataNumber: 0,
    evaluate: (claims) => {
      seen = claims;
      return { authorized: true, issued: [] };
    },
  };
  await judged(under(seeing));
  const ofService = (name: string, value: PolicyClaim['value']) => ({
    type: name,
    value,
    issuer: 'AttestationService',
  });
  assert.deepEqual(seen, [
    ofService('x-ms-attestation-type', 'sgx'),
    ofService('x-ms-sgx-svn', 5n),
    ofService('x-ms-sgx-is-debuggable', false),
    ofService('list', 'a'),
    ofService('list', 'b'),
    ofService('object', '{"member":"text"}'),
    ofService('$svn', 5n),
    { type: 'x-ms-sgx-ehd', value: 'aGVsZA', issuer: 'CustomClaim' },
    { type: '$maa-ehd', value: 'aGVsZA', issuer: 'CustomClaim' },
  ]);
});

const refusing = (code: 'policy-denied' | 'policy-evaluation-failed'): ProviderPolicy => ({
  text: '',
  hash: 'hash',
  minimumTcbEvaluationDataNumber: 0,
  evaluate: () => ({ authorized: false, code, message: 'without values', detail: 'with values', failedClaims: [] }),
});

test('refuses what the policy does not permit or cannot judge, and a type without a policy', async () => {
  assert.equal(await codeOf(refusing('policy-denied')), 'policy-denied');
  assert.equal(await codeOf(refusing('policy-evaluation-failed')), 'policy-evaluation-failed');
  assert.equal(await codeOf(undefined), 'policy-missing');
});

/** Refuses what the provider's own baseline refuses, or the one that a policy raises. */
const withBaseline = (refuses: (minimum: number) => boolean): typeof type => ({
  ...type,
  checkBaseline: (_appraisal, { baseline }) =>
    refuses(baseline.sgx.minimumTcbEvaluationDataNumber)
      ? { ok: false, refusal: { code: 'baseline-evaluation-number', where: 'baseline', why: 'too low' } }
      : { ok: true, value: undefined },
});
const permitting = 'version=1.0;authorizationrules{=> permit();};';

test('evaluates no draft over evidence that the provider’s own baseline refuses', async () => {
  const provider = testProvider({});
  const { code, noted } = await judged(
    provider,
    { draftPolicy: permitting },
    withBaseline(() => true),
  );
  assert.deepEqual([code, noted], ['baseline-evaluation-number', []]);
});

test('holds evidence to the baseline that a draft configures before its decision counts', async () => {
  const policyWorkers: Provider['policyWorkers'] = {
    evaluateDraft: async () => ({
      ok: true,
      hash: 'hash',
      minimumTcbEvaluationDataNumber: 17,
      decision: { authorized: false, code: 'policy-denied', message: '', detail: '', failedClaims: [] },
    }),
    explain: () => assert.fail(),
  };
  const provider = testProvider({ policyWorkers });
  const codeUnder = async (judgedType: typeof type): Promise<string> =>
    (await judged(provider, { draftPolicy: permitting }, judgedType)).code;
  assert.equal(await codeUnder(withBaseline((minimum) => minimum === 17)), 'baseline-evaluation-number');
  assert.equal(await codeUnder(withBaseline((minimum) => minimum === 18)), 'policy-denied');
});
