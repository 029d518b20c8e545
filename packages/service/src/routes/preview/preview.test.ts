import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openTestStore } from '@atesto/store/testing';
import { administer, payloadOf, providerWith } from '../../__fixtures__/administration.ts';
import { identity } from '../../__fixtures__/callers.ts';
import { makeCertificate } from '../../__fixtures__/certificates.ts';
import { refusalOf } from '../../__fixtures__/enclave.ts';
import { type Answer, serve } from '../../__fixtures__/service.ts';
import { certificatePayload, policyPayload, signed, unsecured } from '../../__fixtures__/signed.ts';

const store = await openTestStore();
let now = new Date();
const service = await serve({ identity }, { store, clock: () => now });
const signer = await makeCertificate('signer');
await providerWith(store, 'contoso');
await providerWith(store, 'fabrikam');
await providerWith(store, 'isolated', signer);
const permit = 'version= 1.0;authorizationrules{=> permit();};';
const jws = unsecured(policyPayload(permit));
const version = '2018-09-01-preview';

const policy = (
  provider: string,
  method: string,
  operation: string,
  body?: string,
  tee = 'SgxEnclave',
): Promise<Answer> =>
  administer(service, provider, `/operations/policy/${operation}?tee=${tee}`, {
    method,
    version,
    type: 'application/json',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const prepare = async (provider: string, tee?: string): Promise<string> => {
  const answer = await policy(provider, 'POST', 'updatepolicy', jws, tee);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
};

test('sets a policy in two steps, shows it bare, and resets it', async () => {
  const token = await prepare('contoso');
  const { iss, 'aas-policyHash': hash, 'maa-policyHash': sameHash } = payloadOf(token);
  const expected = createHash('sha256').update(jws).digest('base64url');
  assert.deepEqual([iss, hash, sameHash], [`${service.url}/providers/contoso`, expected, expected]);
  assert.equal((await policy('contoso', 'PUT', 'current', token)).text, 'null');
  assert.deepEqual(JSON.parse((await policy('contoso', 'GET', 'current')).text), { Policy: jws });
  assert.equal((await policy('contoso', 'POST', 'current', unsecured(''))).text, 'null');
  assert.notDeepEqual(JSON.parse((await policy('contoso', 'GET', 'current')).text), { Policy: jws });
});

test('sets a policy in one step as well', async () => {
  assert.equal((await policy('contoso', 'PUT', 'current', jws)).text, 'null');
  assert.deepEqual(JSON.parse((await policy('contoso', 'GET', 'current')).text), { Policy: jws });
});

test('refuses tokens of another provider or type, forged ones and old ones', async () => {
  const token = await prepare('contoso');
  const invalid = [400, 'InvalidOperation', 'prepared-policy-invalid'];
  assert.deepEqual(refusalOf(await policy('fabrikam', 'PUT', 'current', token)), invalid);
  assert.deepEqual(refusalOf(await policy('contoso', 'PUT', 'current', token, 'OpenEnclave')), invalid);
  const read = await administer(service, 'contoso', '/policies/SgxEnclave');
  assert.deepEqual(refusalOf(await policy('contoso', 'PUT', 'current', JSON.parse(read.text).token)), invalid);
  const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(342)}`;
  assert.equal(refusalOf(await policy('contoso', 'PUT', 'current', forged))[2], 'jws-signature-invalid');
  now = new Date(now.getTime() + 3600_000);
  assert.deepEqual(refusalOf(await policy('contoso', 'PUT', 'current', token)), invalid);
});

test('holds policies in two steps to the rules of the provider', async () => {
  assert.equal(refusalOf(await policy('isolated', 'POST', 'updatepolicy', jws))[2], 'signature-missing');
  assert.equal(refusalOf(await policy('contoso', 'POST', 'updatepolicy', 'nonsense'))[2], 'policy-invalid');
  assert.equal(
    refusalOf(await policy('contoso', 'GET', 'current', undefined, 'Unknown'))[2],
    'attestation-type-unknown',
  );
  const reader = { method: 'PUT', version, body: jws, groups: ['contoso-readers'] };
  const answer = await administer(service, 'contoso', '/operations/policy/current?tee=SgxEnclave', reader);
  assert.deepEqual(refusalOf(answer), [401, 'Unauthorized', 'role-missing']);
});

test('lists, adds and removes signers under the older names', async () => {
  const other = await makeCertificate('other');
  const at = (method: string, body?: string): Promise<Answer> =>
    administer(service, 'isolated', '/operations/policy/certificates', {
      method,
      version,
      type: 'application/json',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const claims = async (method: string, body?: string) => payloadOf(JSON.parse((await at(method, body)).text));
  const request = await signed(signer, certificatePayload(other, 'aas-policyCertificate'));
  assert.equal((await claims('PUT', request))['x-ms-policycertificates-result'], 'IsPresent');
  const { 'aas-policyCertificates': keys, 'maa-policyCertificates': sameKeys } = await claims('GET');
  const jwk = { alg: 'ES256', kty: 'EC', use: 'sig' };
  assert.deepEqual(keys, { keys: [signer, other].map(({ base64 }) => ({ ...jwk, x5c: [base64] })) });
  assert.deepEqual(sameKeys, keys);
  assert.equal((await claims('POST', request))['x-ms-policycertificates-result'], 'IsAbsent');
});
