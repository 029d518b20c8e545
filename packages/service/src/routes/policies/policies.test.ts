import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { defaultPolicies } from '@atesto/policy';
import { openStore } from '@atesto/store';
import { integrityKey, origin, stateDirectory, value } from '@atesto/store/testing';
import { administer, operationClaims, providerWith } from '../../__fixtures__/administration.ts';
import { identity, named } from '../../__fixtures__/callers.ts';
import { makeCertificate } from '../../__fixtures__/certificates.ts';
import { claimsOf, quoteOf, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import type { Answer } from '../../__fixtures__/service.ts';
import { policyPayload, signed, unsecured } from '../../__fixtures__/signed.ts';
import { testDatabases } from '../../__fixtures__/stores.ts';

const [signer, other] = [await makeCertificate('signer'), await makeCertificate('other')];
const permit = 'version= 1.0;authorizationrules{=> permit();};';
const deny = 'version= 1.0;authorizationrules{=> deny();};';
const quote = quoteOf();
const reset = unsecured('');
const sha256 = (content: string): string => createHash('sha256').update(content).digest('base64url');
const path = '/policies/SgxEnclave';

for (const { name, skip, open } of await testDatabases()) {
  describe(`policies over the API on ${name}`, { skip }, async () => {
    const store = await open();
    const service = await serveEnclaves({ identity, limits: { bodyBytes: 65_536 } }, { store });
    const contoso = await providerWith(store, 'contoso');
    const isolated = await providerWith(store, 'isolated', signer, other);
    await providerWith(store, 'fabrikam', other);

    const put = (provider: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
      administer(service, provider, path, { method: 'PUT', body, headers });
    const post = (provider: string, action: string, body: string | object, more: object = {}): Promise<Answer> =>
      administer(service, provider, `${path}:${action}`, { method: 'POST', body, ...more });
    const stored = async (provider: string, type = 'SgxEnclave'): Promise<unknown> =>
      operationClaims(await administer(service, provider, `/policies/${type}`))['x-ms-policy'];
    const attestAt = (provider: string): Promise<Answer> =>
      service.call(`/providers/${provider}/attest/SgxEnclave?api-version=2020-10-01`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ quote }),
      });

    test('shows the default policy as unsecured JWS before one is set, for every type that has one', async () => {
      const answer = await administer(service, 'contoso', path, { groups: ['contoso-readers'] });
      const text = defaultPolicies.SgxEnclave ?? '';
      assert.deepEqual(operationClaims(answer), { 'x-ms-policy': unsecured(policyPayload(text)) });
      assert.equal(answer.headers.etag, '"0"');
      assert.equal(await stored('contoso', 'sevsnpvm'), unsecured(policyPayload(permit)));
      for (const type of ['Tpm', 'VbsEnclave', 'Pluton', 'KeyGuard', 'MdepTz', 'AiHsm']) {
        assert.equal(await stored('contoso', type), 'eyJhbGciOiJub25lIn0..', type);
      }
    });

    test('sets an unsecured policy in every form that clients send, verbatim and in force at once', async () => {
      const jws = unsecured(policyPayload(permit));
      const forms: [string, string][] = [
        [jws, 'text/plain'],
        [`"${jws}"`, 'text/plain'],
        [`"${jws}"`, 'application/json'],
        [` ${jws}\r\n`, 'text/plain; charset=utf-8'],
        [permit, 'text/plain'],
      ];
      for (const [body, type] of forms) {
        const answer = await administer(service, 'contoso', path, { method: 'PUT', body, type });
        assert.deepEqual(operationClaims(answer), {
          'x-ms-policy-result': 'Updated',
          'x-ms-policy-token-hash': sha256(jws),
        });
        assert.equal(await stored('contoso'), jws);
      }
      assert.equal(
        claimsOf(await attestAt('contoso'))['x-ms-policy-hash'],
        '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
      );
      operationClaims(await put('contoso', unsecured(policyPayload(deny))));
      assert.deepEqual(refusalOf(await attestAt('contoso')), [400, 'PolicyEvaluationError', 'policy-denied']);
    });

    test('resets to the default policy, and says nothing more than that', async () => {
      operationClaims(await put('contoso', permit));
      const answer = await post('contoso', 'reset', reset);
      assert.deepEqual(operationClaims(answer), { 'x-ms-policy-result': 'Removed' });
      assert.equal(await stored('contoso'), unsecured(policyPayload(defaultPolicies.SgxEnclave ?? '')));
      assert.deepEqual(operationClaims(await post('contoso', 'reset', `"${reset}"`)), {
        'x-ms-policy-result': 'Removed',
      });
    });

    test('names the signer of a signed policy in the reply, in the history and in tokens', async () => {
      const jws = await signed(signer, policyPayload(permit));
      const jwk = { alg: 'ES256', kty: 'EC', use: 'sig', x5c: [signer.base64] };
      for (const provider of ['contoso', 'isolated']) {
        const claims = operationClaims(await put(provider, jws));
        assert.deepEqual(claims, {
          'x-ms-policy-result': 'Updated',
          'x-ms-policy-token-hash': sha256(jws),
          'x-ms-policy-signer': jwk,
        });
        assert.equal(await stored(provider), jws);
        assert.deepEqual(claimsOf(await attestAt(provider))['x-ms-policy-signer'], jwk);
      }
    });

    test('takes from isolated providers only what one of their own signers signed', async () => {
      const good = await signed(signer, policyPayload(permit));
      operationClaims(await put('isolated', good));
      const stranger = await makeCertificate('stranger');
      const operation = (code: string) => [400, 'InvalidOperation', code];
      assert.deepEqual(refusalOf(await put('isolated', permit)), operation('signature-missing'));
      assert.deepEqual(
        refusalOf(await put('isolated', unsecured(policyPayload(permit)))),
        operation('signature-missing'),
      );
      const byStranger = await signed(stranger, policyPayload(permit));
      assert.deepEqual(refusalOf(await put('isolated', byStranger)), operation('policy-signer-unknown'));
      assert.deepEqual(refusalOf(await put('fabrikam', good)), operation('policy-signer-unknown'));
      assert.deepEqual(refusalOf(await post('isolated', 'reset', reset)), operation('signature-missing'));
      const resetByStranger = await signed(stranger, '');
      assert.deepEqual(refusalOf(await post('isolated', 'reset', resetByStranger)), operation('policy-signer-unknown'));
      assert.equal(await stored('isolated'), good);
      const signedReset = await signed(signer, '');
      assert.deepEqual(operationClaims(await post('isolated', 'reset', signedReset)), {
        'x-ms-policy-result': 'Removed',
      });
    });

    test('does not take a signed policy for the request to reset one', async () => {
      const jws = await signed(signer, policyPayload(permit));
      assert.deepEqual(refusalOf(await post('isolated', 'reset', jws)), [
        400,
        'InvalidOperation',
        'reset-payload-invalid',
      ]);
      assert.deepEqual(refusalOf(await put('isolated', await signed(signer, '')))[2], 'jws-malformed');
    });

    test('holds a signer to the provider and the time that a request names', async () => {
      const now = Math.floor(Date.now() / 1000);
      const policy = policyPayload(permit);
      const uri = `${service.url}/providers/isolated`;
      const misdirected = [400, 'InvalidOperation', 'signed-request-misdirected'];
      const expired = [400, 'InvalidOperation', 'signed-request-expired'];
      const ask = async (claims: object) => put('isolated', await signed(signer, { ...policy, ...claims }));
      assert.deepEqual(refusalOf(await ask({ aud: `${service.url}/providers/other` })), misdirected);
      assert.deepEqual(refusalOf(await ask({ aud: [service.url] })), misdirected);
      assert.deepEqual(refusalOf(await ask({ exp: now - 1 })), expired);
      assert.deepEqual(refusalOf(await ask({ exp: 'soon' })), expired);
      assert.deepEqual(refusalOf(await ask({ nbf: now + 60 })), expired);
      operationClaims(await ask({ aud: uri, exp: now + 60, nbf: now - 60 }));
      const resetAt = async (claims: object) => post('isolated', 'reset', await signed(signer, claims));
      assert.deepEqual(refusalOf(await resetAt({ aud: service.url })), misdirected);
      operationClaims(await resetAt({ aud: [uri, service.url], exp: now + 60 }));
    });

    test('changes nothing for a policy that does not compile', async () => {
      operationClaims(await put('contoso', permit));
      const before = await stored('contoso');
      const parsing = (code: string) => [400, 'PolicyParsingError', code];
      assert.deepEqual(refusalOf(await put('contoso', 'version= 1.0;authorizationrules{')), parsing('policy-invalid'));
      const jws = unsecured(policyPayload('permit'));
      assert.deepEqual(refusalOf(await put('contoso', jws)), parsing('policy-invalid'));
      assert.deepEqual(
        refusalOf(await put('contoso', unsecured({ policy: permit }))),
        parsing('policy-payload-invalid'),
      );
      assert.deepEqual(refusalOf(await put('contoso', ''))[2], 'body-empty');
      assert.deepEqual(refusalOf(await put('contoso', '"'))[2], 'body-not-text');
      assert.deepEqual(refusalOf(await put('contoso', '"a" 5'))[2], 'body-not-text');
      const bytes = await administer(service, 'contoso', path, {
        method: 'PUT',
        body: permit,
        type: 'application/xml',
      });
      assert.deepEqual(refusalOf(bytes)[2], 'content-type-unsupported');
      assert.equal(await stored('contoso'), before);
    });

    test('refuses bodies beyond the limit, also signed ones', async () => {
      const large = `${permit}//${'x'.repeat(70_000)}`;
      assert.deepEqual(refusalOf(await put('contoso', large)), [413, 'PayloadTooLarge', 'body-too-large']);
      const jws = await signed(signer, policyPayload(large));
      assert.deepEqual(refusalOf(await put('isolated', jws)), [413, 'PayloadTooLarge', 'body-too-large']);
    });

    test('changes a policy only while it is the one that the caller has seen', async () => {
      const first = await put('contoso', permit);
      const { etag } = first.headers;
      assert.match(String(etag), /^"\d+"$/);
      assert.equal((await administer(service, 'contoso', path)).headers.etag, etag);
      const second = await put('contoso', deny, { 'if-match': String(etag) });
      assert.equal(second.status, 200);
      const late = [412, 'PreconditionFailed', 'version-conflict'];
      assert.deepEqual(refusalOf(await put('contoso', permit, { 'if-match': String(etag) })), late);
      assert.deepEqual(refusalOf(await put('contoso', permit, { 'if-none-match': '*' })), late);
      const headers = { 'if-match': String(etag) };
      assert.deepEqual(refusalOf(await post('contoso', 'reset', reset, { headers })), late);
      assert.deepEqual(refusalOf(await post('contoso', 'rollback', { version: 1 }, { headers })), late);
      assert.equal(await stored('contoso'), unsecured(policyPayload(deny)));
    });

    test('of two administrators who change at once, one wins and the other is told', async () => {
      const { etag } = (await administer(service, 'contoso', path)).headers;
      const headers = { 'if-match': String(etag) };
      const answers = await Promise.all([permit, deny, permit, deny].map((text) => put('contoso', text, headers)));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
    });

    test('keeps the history with who, when and from where, a page at a time, and puts an earlier version in force again', async () => {
      const provider = 'lasting';
      await providerWith(store, provider);
      const texts = [permit, deny, `${permit} `];
      for (const text of texts) operationClaims(await put(provider, text));
      operationClaims(await post(provider, 'reset', reset));
      const back = await post(provider, 'rollback', { version: 2 });
      assert.equal(operationClaims(back)['x-ms-policy-token-hash'], sha256(unsecured(policyPayload(deny))));
      assert.equal(await stored(provider), unsecured(policyPayload(deny)));
      const page = async (query: string) =>
        JSON.parse(
          (await administer(service, provider, `${path}/history?${query}`, { groups: [`${provider}-readers`] })).text,
        );
      const { versions, nextBefore } = await page('limit=3');
      assert.deepEqual(
        versions.map(({ version, action, restoredVersion }: Record<string, unknown>) => [
          version,
          action,
          restoredVersion,
        ]),
        [
          [5, 'rollback', 2],
          [4, 'reset', undefined],
          [3, 'set', undefined],
        ],
      );
      const [newest] = versions;
      assert.equal(newest.policy, unsecured(policyPayload(deny)));
      assert.deepEqual([newest.actor, newest.address], [named('carl'), '127.0.0.1']);
      assert.equal(newest.etag, back.headers.etag);
      const rest = await page(`limit=3&before=${nextBefore}`);
      assert.deepEqual(
        rest.versions.map(({ version }: { version: number }) => version),
        [2, 1],
      );
      assert.equal(rest.nextBefore, undefined);
      assert.deepEqual(operationClaims(await post(provider, 'rollback', { version: 4 })), {
        'x-ms-policy-result': 'Removed',
      });
      const unknown = [404, 'ResourceNotFound', 'not-found'];
      assert.deepEqual(refusalOf(await post(provider, 'rollback', { version: 99 })), unknown);
      for (const body of [{}, { version: 0 }, { version: '1' }, { version: 1.5 }]) {
        assert.equal(refusalOf(await post(provider, 'rollback', body))[2], 'member-invalid');
      }
      assert.deepEqual(await page('before=99&limit=1'), await page('limit=1'));
      for (const query of ['limit=0', 'limit=101', 'before=x']) {
        const answer = await administer(service, provider, `${path}/history?${query}`);
        assert.equal(refusalOf(answer)[2], 'member-invalid', query);
      }
    });

    test('puts no earlier version in force again that would not count today', async () => {
      const [keeper, leaver] = [await makeCertificate('keeper'), await makeCertificate('leaver')];
      const provider = await providerWith(store, 'changing', keeper, leaver);
      operationClaims(await put('changing', await signed(leaver, policyPayload(permit))));
      operationClaims(await put('changing', await signed(keeper, policyPayload(deny))));
      operationClaims(await post('changing', 'reset', await signed(keeper, '')));
      const certificates = [{ thumbprint: 'K', x5c: [keeper.base64] }];
      value(await store.signers.replace(provider.id, { action: 'remove', certificates }, origin()));
      const operation = (code: string) => [400, 'InvalidOperation', code];
      assert.deepEqual(
        refusalOf(await post('changing', 'rollback', { version: 1 })),
        operation('policy-signer-unknown'),
      );
      assert.deepEqual(refusalOf(await post('changing', 'rollback', { version: 3 })), operation('signature-missing'));
      operationClaims(await post('changing', 'rollback', { version: 2 }));
    });

    test('attests nothing under a policy whose signer was removed, until it is set again', async () => {
      const [keeper, leaver] = [await makeCertificate('keeper'), await makeCertificate('leaver')];
      const provider = await providerWith(store, 'leaving', keeper, leaver);
      operationClaims(await put('leaving', await signed(leaver, policyPayload(permit))));
      assert.equal((await attestAt('leaving')).status, 200);
      const certificates = [{ thumbprint: 'K', x5c: [keeper.base64] }];
      value(await store.signers.replace(provider.id, { action: 'remove', certificates }, origin()));
      assert.deepEqual(refusalOf(await attestAt('leaving')), [500, 'InternalError', 'policy-untrusted']);
      assert.deepEqual(
        refusalOf(await put('leaving', await signed(leaver, policyPayload(permit))))[2],
        'policy-signer-unknown',
      );
      operationClaims(await put('leaving', await signed(keeper, policyPayload(permit))));
      assert.equal((await attestAt('leaving')).status, 200);
    });

    test('lets readers read and contributors change, of their own provider alone', async () => {
      const missing = [401, 'Unauthorized', 'role-missing'];
      const readers = { groups: ['contoso-readers'] };
      const before = await stored('contoso');
      assert.equal((await administer(service, 'contoso', path, readers)).status, 200);
      const changes: [string, string, string | object][] = [
        ['PUT', path, permit],
        ['POST', `${path}:reset`, reset],
        ['POST', `${path}:rollback`, { version: 1 }],
      ];
      for (const [method, at, body] of changes) {
        for (const groups of [['contoso-readers'], ['isolated-contributors'], []]) {
          assert.deepEqual(refusalOf(await administer(service, 'contoso', at, { method, body, groups })), missing, at);
        }
      }
      for (const at of [path, `${path}/history`]) {
        assert.deepEqual(
          refusalOf(await administer(service, 'contoso', at, { groups: ['isolated-readers'] })),
          missing,
        );
        const anonymous = await service.call(`/providers/contoso${at}?api-version=2020-10-01`);
        assert.deepEqual(refusalOf(anonymous), [401, 'Unauthorized', 'access-token-missing']);
      }
      assert.equal(await stored('contoso'), before);
    });

    test('takes names for nothing but names: SQL, paths and unknown types', async () => {
      const history = value(await store.policies.history(contoso.id, 'SgxEnclave')).length;
      for (const type of ["SgxEnclave'--", "' or 1=1", '..%2f..%2fcerts', 'a%00b', 'Unknown', '__proto__']) {
        const answer = await administer(service, 'contoso', `/policies/${encodeURI(decodeURI(type))}`);
        assert.equal(answer.status, 404, `${type}: ${answer.text}`);
      }
      for (const provider of ["contoso'--", '..%2fcontoso', 'contoso%2f..%2fisolated', 'a%00b', '%2e%2e%2fcontoso']) {
        const answer = await administer(service, provider, path, {
          groups: ['contoso-contributors', 'administrators'],
        });
        assert.equal(answer.status, 404, `${provider}: ${answer.text}`);
      }
      assert.equal(value(await store.policies.history(contoso.id, 'SgxEnclave')).length, history);
    });

    test('puts every act down with who it was and what became of it', async () => {
      await providerWith(store, 'watched');
      await put('watched', permit);
      await administer(service, 'watched', path, { method: 'PUT', body: deny, groups: ['watched-readers'] });
      await put('watched', 'nonsense');
      const answer = await administer(service, 'watched', '/audit');
      const acts = JSON.parse(answer.text).entries.toReversed();
      assert.deepEqual(
        acts.map(({ operation, verdict, code, caller, policyVersion, attestationType }: Record<string, unknown>) => [
          operation,
          verdict,
          code,
          caller,
          policyVersion,
          attestationType,
        ]),
        [
          ['set-policy', 'allowed', undefined, named('carl'), 1, 'SgxEnclave'],
          ['set-policy', 'refused', 'role-missing', named('carl'), undefined, undefined],
          ['set-policy', 'refused', 'policy-invalid', named('carl'), undefined, 'SgxEnclave'],
        ],
      );
    });

    test('attests nothing under a policy of the database that its signers did not sign, however it came there', async () => {
      const unsigned = { content: unsecured(policyPayload(permit)), digest: '', signer: null };
      value(await store.policies.set(isolated.id, 'SgxEnclave', unsigned, origin()));
      assert.deepEqual(refusalOf(await attestAt('isolated')), [500, 'InternalError', 'policy-untrusted']);
      operationClaims(await put('isolated', await signed(signer, policyPayload(permit))));
      assert.equal((await attestAt('isolated')).status, 200);
    });
  });
}

test('attests nothing under a signed policy that was put into the database behind the service’s back', async () => {
  const directory = stateDirectory();
  const file = join(directory, 'store.sqlite');
  const own = await openStore({ kind: 'sqlite', path: file, integrityKey });
  await providerWith(own, 'isolated', signer);
  const first = await serveEnclaves({ identity, stateDirectory: directory }, { store: own });
  const how = { method: 'PUT', body: await signed(signer, policyPayload(deny)) };
  operationClaims(await administer(first, 'isolated', path, how));
  await first.close();
  {
    using database = new DatabaseSync(file, { timeout: 5000 });
    const content = await signed(signer, policyPayload(permit));
    database.prepare("update documents set content = ? where kind = 'policy'").run(content);
  }
  const again = await openStore({ kind: 'sqlite', path: file, integrityKey });
  const second = await serveEnclaves({ identity, stateDirectory: directory }, { store: again });
  const answer = await second.call('/providers/isolated/attest/SgxEnclave?api-version=2020-10-01', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ quote }),
  });
  assert.deepEqual(refusalOf(answer), [500, 'InternalError', 'policy-untrusted']);
  const read = await administer(second, 'isolated', path);
  assert.deepEqual(refusalOf(read), [500, 'InternalError', 'row-tampered']);
});
