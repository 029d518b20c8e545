/** Draft policies over HTTPS: whose are evaluated, and that hostile ones cost their senders an answer and the service nothing that stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryObjects } from 'node:v8';
import { compilePolicy } from '@atesto/policy';
import { hostilePolicies } from '@atesto/policy/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { claimsOf, collateral, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';
import { draftPoliciesOf } from '../providers/open-provider.ts';
import type { DraftPolicies } from '../providers/provider.ts';

const permitting =
  'version=1.0; authorizationrules { => permit(); }; issuancerules { => issue(type="by", value="draft"); };';
const quote = quoteOf();

function attestUnder(service: TestService, draft: string, headers: Record<string, string> = {}) {
  return service.attest('SgxEnclave', { quote, draftPolicyForAttestation: draft }, { headers });
}

/** What becomes of a draft of nobody, of somebody, and of a reader. */
async function outcomes(draftPolicies: DraftPolicies): Promise<unknown[]> {
  const service = await serveEnclaves({ identity, provider: { draftPolicies } });
  const callers = [{}, await bearer('somebody'), await bearer('rita', 'default-readers')];
  const answers = await Promise.all(callers.map((headers) => attestUnder(service, permitting, headers)));
  const plain = await service.attest('SgxEnclave', { quote });
  assert.equal(plain.status, 200, plain.text);
  return answers.map((answer) => (answer.status === 200 ? claimsOf(answer).by : refusalOf(answer)));
}

const forbidden = [403, 'Forbidden', 'draft-policy-forbidden'];

for (const [setting, expected] of [
  ['off', [forbidden, forbidden, forbidden]],
  ['readers', [forbidden, forbidden, 'draft']],
  ['authenticated', [forbidden, 'draft', 'draft']],
  ['anyone', ['draft', 'draft', 'draft']],
] as const) {
  test(`provider.draftPolicies ${setting}: evaluates drafts of those alone, and says so before endorsements are fetched`, async () => {
    assert.deepEqual(await outcomes(setting), expected);
  });
}

test('a draft that is forbidden has no endorsements fetched', async () => {
  let fetched = 0;
  const service = await serveEnclaves(
    { provider: { draftPolicies: 'off' } },
    { intelEndorsements: { get: () => assert.fail(`fetched ${++fetched} times`) } },
  );
  assert.deepEqual([refusalOf(await attestUnder(service, permitting)), fetched], [forbidden, 0]);
});

test('production evaluates drafts of callers with an access token, development those of anyone, unless told otherwise', () => {
  const of = (environment: 'production' | 'development', draftPolicies?: DraftPolicies): DraftPolicies =>
    draftPoliciesOf({ environment, provider: { draftPolicies } });
  assert.deepEqual(
    [of('production'), of('development'), of('production', 'anyone'), of('development', 'off')],
    ['authenticated', 'anyone', 'anyone', 'off'],
  );
});

test('hostile drafts end with one 400 each, and no policy and no JSON of them stays in the process', async () => {
  const service = await serveEnclaves();
  const compiled = compilePolicy(permitting);
  assert.ok(compiled.ok);
  const { constructor: kind } = compiled.value;
  const kept = (): number[] => [kind, Map].map((constructed) => queryObjects(constructed, { format: 'count' }));
  assert.equal(claimsOf(await attestUnder(service, permitting)).by, 'draft');
  const [policiesBefore = 0, mapsBefore = 0] = kept();
  const drafts = hostilePolicies.filter(({ text }) => text.length < 13_000);
  assert.ok(drafts.length >= 6);
  for (const { name, text } of drafts) {
    const [status, , code] = refusalOf(await attestUnder(service, text));
    assert.ok(status === 400 && code.startsWith('policy-'), `${name}: ${status} ${code}`);
  }
  const [policiesAfter = 0, mapsAfter = 0] = kept();
  assert.equal(policiesAfter - policiesBefore, 0);
  assert.ok(mapsAfter - mapsBefore < 1000, `${mapsAfter - mapsBefore} objects more`);
  assert.equal(claimsOf(await attestUnder(service, permitting)).by, 'draft');
});

test('a draft for which no thread is free, and no room to wait, is answered 503 with a time to try again', async () => {
  // All requests come to their drafts at the same time.
  const together = Promise.withResolvers<void>();
  let coming = 0;
  const get = async () => {
    if (++coming === 4) together.resolve();
    await together.promise;
    return { ok: true, value: { collateral } } as const;
  };
  const limits = { policyWorkers: { threads: 1, queueLength: 1 } };
  const service = await serveEnclaves({ limits }, { intelEndorsements: { get } });
  const answers = await Promise.all(Array.from({ length: 4 }, () => attestUnder(service, permitting)));
  const busy = answers.filter(({ status }) => status !== 200);
  assert.deepEqual(
    busy.map((answer) => [...refusalOf(answer), answer.headers['retry-after']]),
    Array(2).fill([503, 'ServiceUnavailable', 'policy-workers-busy', '1']),
  );
});

test('junk of 128 KiB as a draft is refused with its first errors and the number of those that were read', async () => {
  const service = await serveEnclaves();
  const { text } = hostilePolicies.find(({ name }) => name === 'errors') ?? { text: '' };
  const answer = await attestUnder(service, text);
  assert.deepEqual(refusalOf(answer), [400, 'PolicyParsingError', 'policy-invalid']);
  assert.match(JSON.parse(answer.text).error.message, / And 98 more\.$/);
});
