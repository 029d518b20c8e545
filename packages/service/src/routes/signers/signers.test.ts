import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { value } from '@atesto/store/testing';
import { administer, operationClaims, providerWith } from '../../__fixtures__/administration.ts';
import { identity } from '../../__fixtures__/callers.ts';
import { makeCertificate, type TestCertificate } from '../../__fixtures__/certificates.ts';
import { refusalOf } from '../../__fixtures__/enclave.ts';
import { type Answer, serve } from '../../__fixtures__/service.ts';
import { certificatePayload, signed, unsecured } from '../../__fixtures__/signed.ts';
import { testDatabases } from '../../__fixtures__/stores.ts';

const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
const [first, second, stranger] = [
  await makeCertificate('first'),
  await makeCertificate('second', { algorithm: rsa }),
  await makeCertificate('stranger'),
];

for (const { name, skip, open } of await testDatabases()) {
  describe(`policy signers over the API on ${name}`, { skip }, async () => {
    const store = await open();
    const service = await serve({ identity, limits: { bodyBytes: 65_536 } }, { store });
    await providerWith(store, 'contoso', first);
    await providerWith(store, 'fabrikam', stranger);
    await providerWith(store, 'open-to-all');

    type Action = 'add' | 'remove';
    const change = (action: Action, body: string | object, more: object = {}): Promise<Answer> =>
      administer(service, 'contoso', `/certificates:${action}`, {
        method: 'POST',
        body,
        type: 'application/json',
        ...more,
      });
    const ask = async (action: Action, by: TestCertificate, of: TestCertificate, claim?: string): Promise<Answer> =>
      change(action, JSON.stringify(await signed(by, certificatePayload(of, claim))));
    const thumbprint = ({ base64 }: TestCertificate): string =>
      createHash('sha1').update(Buffer.from(base64, 'base64')).digest('hex').toUpperCase();
    const listed = async (provider = 'contoso'): Promise<unknown> =>
      operationClaims(await administer(service, provider, '/certificates', { groups: [`${provider}-readers`] }))[
        'x-ms-policy-certificates'
      ];
    const key = ({ base64 }: TestCertificate, kty: string, alg: string) => ({ alg, kty, use: 'sig', x5c: [base64] });
    const operation = (code: string) => [400, 'InvalidOperation', code];

    test('lists the signers as a key set; a provider of the model AAD has none', async () => {
      assert.deepEqual(await listed(), { keys: [key(first, 'EC', 'ES256')] });
      assert.deepEqual(await listed('open-to-all'), { keys: [] });
    });

    test('adds and removes RSA and EC signers at the request of one that is there, as often as it is asked', async () => {
      for (const by of [first, second]) {
        const added = await ask('add', by, second).then((answer) =>
          by === first ? answer : ask('add', second, second),
        );
        assert.deepEqual(operationClaims(added), {
          'x-ms-certificate-thumbprint': thumbprint(second),
          'x-ms-policycertificates-result': 'IsPresent',
        });
      }
      assert.deepEqual(await listed(), { keys: [key(first, 'EC', 'ES256'), key(second, 'RSA', 'RS256')] });
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(operationClaims(await ask('remove', first, second)), {
          'x-ms-certificate-thumbprint': thumbprint(second),
          'x-ms-policycertificates-result': 'IsAbsent',
        });
      }
      assert.deepEqual(await listed(), { keys: [key(first, 'EC', 'ES256')] });
      const provider = value(await store.providers.byName('contoso'));
      const removal = value(await store.signers.current(provider?.id ?? ''));
      assert.equal(removal?.action, 'remove');
      assert.match(removal?.authorizationJws ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/);
    });

    test('takes the request in every form and under every name of its claim', async () => {
      const jws = await signed(first, certificatePayload(second));
      const python = await signed(first, certificatePayload(second), {
        alg: 'ECDH256',
        certificateIn: 'jwk',
        options: { dsaEncoding: 'der' },
      });
      const forms: [string | object, object][] = [
        [JSON.stringify(jws), {}],
        [JSON.stringify(python), {}],
        [jws, { type: 'text/plain' }],
        [{ policyCertificateToAdd: jws }, { version: '2025-06-01' }],
        [{ PolicyCertificateToAdd: jws }, { version: '2020-10-01' }],
      ];
      for (const claim of ['maa-policyCertificate', 'x-ms-policyCertificate', 'aas-policyCertificate']) {
        forms.push([JSON.stringify(await signed(first, certificatePayload(second, claim))), {}]);
      }
      for (const [body, more] of forms) {
        assert.equal(operationClaims(await change('add', body, more))['x-ms-policycertificates-result'], 'IsPresent');
        const removal = await change('remove', {
          policyCertificateToRemove: await signed(first, certificatePayload(second)),
        });
        assert.equal(operationClaims(removal)['x-ms-policycertificates-result'], 'IsAbsent');
      }
    });

    test('refuses requests that nobody signed, or somebody who is no signer of this provider', async () => {
      const before = await listed();
      for (const action of ['add', 'remove'] as const) {
        const bare = JSON.stringify(unsecured(certificatePayload(second)));
        assert.deepEqual(refusalOf(await change(action, bare)), operation('signature-missing'));
        assert.deepEqual(refusalOf(await ask(action, second, second)), operation('policy-signer-unknown'));
        const forged = JSON.stringify(
          await signed({ ...first, keys: second.keys }, certificatePayload(second), { alg: 'RS256' }),
        );
        assert.equal(refusalOf(await change(action, forged))[2], 'jws-algorithm-refused');
      }
      const stolen = await signed({ ...first, keys: stranger.keys }, certificatePayload(second));
      assert.equal(refusalOf(await change('add', JSON.stringify(stolen)))[2], 'jws-signature-invalid');
      assert.deepEqual(await listed(), before);
    });

    test('refuses a request that was made for another provider: by its signer, or by its aud', async () => {
      const replayed = await signed(stranger, certificatePayload(second));
      const there = await administer(service, 'fabrikam', '/certificates:add', { method: 'POST', body: replayed });
      assert.equal(operationClaims(there)['x-ms-policycertificates-result'], 'IsPresent');
      assert.deepEqual(refusalOf(await change('add', JSON.stringify(replayed))), operation('policy-signer-unknown'));
      const claims = { ...certificatePayload(second), aud: `${service.url}/providers/fabrikam` };
      const addressed = JSON.stringify(await signed(first, claims));
      assert.deepEqual(refusalOf(await change('add', addressed)), operation('signed-request-misdirected'));
      const late = JSON.stringify(await signed(first, { ...certificatePayload(second), exp: 1 }));
      assert.deepEqual(refusalOf(await change('add', late)), operation('signed-request-expired'));
    });

    test('refuses the request of a signer that was removed', async () => {
      operationClaims(await ask('add', first, second));
      operationClaims(await ask('remove', second, second));
      assert.deepEqual(refusalOf(await ask('add', second, stranger)), operation('policy-signer-unknown'));
    });

    test('keeps the last signer', async () => {
      assert.deepEqual(refusalOf(await ask('remove', first, first)), operation('policy-signer-last'));
      assert.deepEqual(await listed(), { keys: [key(first, 'EC', 'ES256')] });
    });

    test('refuses certificates that are not in force, no CA, weak or unreadable, and payloads without one', async () => {
      const day = 86_400_000;
      const past = new Date(Date.now() - day);
      const invalid = [
        await makeCertificate('expired', { notBefore: new Date(past.getTime() - day), notAfter: past }),
        await makeCertificate('early', {
          notBefore: new Date(Date.now() + day),
          notAfter: new Date(Date.now() + 2 * day),
        }),
        await makeCertificate('plain', { isCa: false }),
        await makeCertificate('weak', { algorithm: { ...rsa, modulusLength: 1024 } }),
        { ...second, base64: 'AAAA' },
      ];
      for (const certificate of invalid) {
        assert.equal(refusalOf(await ask('add', first, certificate))[2], 'policy-signer-invalid');
      }
      const { base64 } = second;
      for (const purpose of [{ use: 'enc' }, { key_ops: ['encrypt'] }]) {
        const body = JSON.stringify(
          await signed(first, { policyCertificate: { kty: 'EC', x5c: [base64], ...purpose } }),
        );
        assert.equal(refusalOf(await change('add', body))[2], 'policy-signer-invalid');
      }
      const both = { ...certificatePayload(second), 'maa-policyCertificate': { kty: 'RSA', x5c: [base64] } };
      for (const payload of [{}, { policyCertificate: base64 }, { policyCertificate: [base64] }, { other: {} }, both]) {
        const body = JSON.stringify(await signed(first, payload));
        assert.deepEqual(refusalOf(await change('add', body)), operation('signer-claim-missing'));
      }
      for (const body of ['{}', '{"policyCertificateToRemove":"a.b.c"}', '{"policyCertificateToAdd":5}']) {
        assert.equal(refusalOf(await change('add', body))[2], 'member-missing', body);
      }
      assert.equal(refusalOf(await change('add', '""'))[2], 'jws-malformed');
      const large = JSON.stringify(`${'x'.repeat(70_000)}.b.c`);
      assert.deepEqual(refusalOf(await change('add', large)), [413, 'PayloadTooLarge', 'body-too-large']);
    });

    test('an expired signer can be removed, and signs for nothing', async () => {
      const day = 86_400_000;
      const past = { notBefore: new Date(Date.now() - 2 * day), notAfter: new Date(Date.now() - day) };
      const expired = await makeCertificate('expired', past);
      await providerWith(store, 'aged', first, expired);
      const at = async (by: TestCertificate, action: Action, of: TestCertificate) =>
        administer(service, 'aged', `/certificates:${action}`, {
          method: 'POST',
          body: await signed(by, certificatePayload(of)),
        });
      assert.equal(refusalOf(await at(expired, 'add', second))[2], 'policy-signer-invalid');
      assert.equal(operationClaims(await at(first, 'remove', expired))['x-ms-policycertificates-result'], 'IsAbsent');
    });

    test('serves contributors of the provider alone, and providers of the model Isolated alone', async () => {
      const body = JSON.stringify(await signed(first, certificatePayload(second)));
      const missing = [401, 'Unauthorized', 'role-missing'];
      for (const groups of [['contoso-readers'], ['fabrikam-contributors'], []]) {
        assert.deepEqual(refusalOf(await change('add', body, { groups })), missing);
        assert.deepEqual(refusalOf(await change('remove', body, { groups })), missing);
      }
      const other = { groups: ['fabrikam-readers'] };
      assert.deepEqual(refusalOf(await administer(service, 'contoso', '/certificates', other)), missing);
      const open = await administer(service, 'open-to-all', '/certificates:add', { method: 'POST', body });
      assert.deepEqual(refusalOf(open), operation('trust-model-wrong'));
    });

    test('changes the set only while it is the one that the caller has seen', async () => {
      const { etag } = (await administer(service, 'contoso', '/certificates')).headers;
      const headers = { 'if-match': String(etag) };
      const body = JSON.stringify(await signed(first, certificatePayload(second)));
      assert.equal((await change('add', body, { headers })).status, 200);
      const third = JSON.stringify(await signed(first, certificatePayload(stranger)));
      assert.deepEqual(refusalOf(await change('add', third, { headers })), [
        412,
        'PreconditionFailed',
        'version-conflict',
      ]);
    });
  });
}
