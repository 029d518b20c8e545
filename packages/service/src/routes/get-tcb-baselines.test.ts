import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore } from '@atesto/store/testing';
import { administer, providerWith } from '../__fixtures__/administration.ts';
import { identity } from '../__fixtures__/callers.ts';
import { refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import { policyPayload, unsecured } from '../__fixtures__/signed.ts';

const store = await openTestStore();
const tcbBaselines = [
  { tcbEvaluationDataNumber: 16, releaseDate: '2024-03-12' },
  { tcbEvaluationDataNumber: 17, releaseDate: '2024-11-12', minimumPswLinuxVersion: '2.25' },
];
const service = await serveEnclaves({ identity, provider: { tcbBaselines } }, { store });
const documented = await serveEnclaves(
  { identity, provider: { baseline: { tdx: { minTcbEvaluationDataNumber: 12 } } } },
  { store },
);
await providerWith(store, 'contoso');

const listed = async (type: string, at = service): Promise<unknown> => {
  const answer = await administer(at, 'contoso', `/tcbbaselines/${type}`, { groups: ['contoso-readers'] });
  assert.equal(answer.status, 200, answer.text);
  return Object(answer.body).tcbBaselines;
};
const number16 = { tcbIdentifier: '16', tcbEvaluationDataNumber: 16, tcbReleaseDate: '2024-03-12T00:00:00Z' };
const number17 = {
  tcbIdentifier: '17',
  tcbEvaluationDataNumber: 17,
  tcbReleaseDate: '2024-11-12T00:00:00Z',
  minimumPswLinuxVersion: '2.25',
};
const byDefault = (isSelectedTcb: boolean) => ({
  tcbIdentifier: 'azuredefault',
  tcbEvaluationDataNumber: 0,
  isSelectedTcb,
});

test('lists the operator’s baselines, newest first, and that the default is selected', async () => {
  for (const type of ['SgxEnclave', 'openenclave', 'TdxVm']) {
    assert.deepEqual(await listed(type), [
      byDefault(true),
      { ...number17, isSelectedTcb: false },
      { ...number16, isSelectedTcb: false },
    ]);
  }
});

test('says which one the policy in force selects, listed or not', async () => {
  const policy = (number: number): string =>
    unsecured(
      policyPayload(
        `version= 1.1;configurationrules{=> issueproperty(type="x-ms-sgx-tcbidentifier", value="${number}");};authorizationrules{=> permit();};`,
      ),
    );
  const set = (number: number) =>
    administer(service, 'contoso', '/policies/TdxVm', { method: 'PUT', body: policy(number) });
  assert.equal((await set(16)).status, 200);
  const others = [{ ...number17, isSelectedTcb: false }];
  assert.deepEqual(await listed('TdxVm'), [byDefault(false), ...others, { ...number16, isSelectedTcb: true }]);
  assert.equal((await set(18)).status, 200);
  assert.deepEqual(await listed('TdxVm'), [
    byDefault(false),
    { tcbIdentifier: '18', tcbEvaluationDataNumber: 18, isSelectedTcb: true },
    ...others,
    { ...number16, isSelectedTcb: false },
  ]);
});

test('lists the documented baselines without a setting; the default is the technology’s own', async () => {
  const found = Object(await listed('SgxEnclave', documented));
  assert.deepEqual(
    Object.values(found).map((one) => Object(one).tcbIdentifier),
    ['azuredefault', '15', '14', '13', '12', '11', '10'],
  );
  assert.equal(Object(Object(await listed('TdxVm', documented))[0]).tcbEvaluationDataNumber, 12);
});

test('has none where the vendor does not number them', async () => {
  assert.deepEqual(await listed('SevSnpVm'), []);
});

test('refuses types that are not known, callers without the role, and a call without version', async () => {
  const unknown = await administer(service, 'contoso', '/tcbbaselines/Toaster');
  assert.deepEqual(refusalOf(unknown), [404, 'ResourceNotFound', 'attestation-type-unknown']);
  const stranger = await administer(service, 'contoso', '/tcbbaselines/SgxEnclave', { groups: ['strangers'] });
  assert.deepEqual(refusalOf(stranger), [401, 'Unauthorized', 'role-missing']);
  const bare = await service.call('/providers/contoso/tcbbaselines/SgxEnclave');
  assert.deepEqual(refusalOf(bare), [400, 'MissingApiVersionParameter', 'api-version-missing']);
});
