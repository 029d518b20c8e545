import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { seenAudit, value } from '@atesto/store/testing';
import { Extension } from '@peculiar/x509';
import { administer, operationClaims, payloadOf, providerWith } from '../../__fixtures__/administration.ts';
import { bearer, identity, managementBearer } from '../../__fixtures__/callers.ts';
import { type CertificateChanges, makeCertificate, type TestCertificate } from '../../__fixtures__/certificates.ts';
import { quoteOf, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import type { Answer } from '../../__fixtures__/service.ts';
import { certificatePayload, policyPayload, signed } from '../../__fixtures__/signed.ts';
import { testDatabases } from '../../__fixtures__/stores.ts';

const day = 86_400_000;
const past = { notBefore: new Date(Date.now() - 20 * day), notAfter: new Date(Date.now() - 10 * day) };
const policy = policyPayload('version= 1.0; authorizationrules { => permit(); }; issuancerules {};');

const expired = await makeCertificate('signer', past);
const renewed = await makeCertificate('signer', { keys: expired.keys });
const stranger = await makeCertificate('signer');

/** A certificate that an authority issued, with the chain that requests carry. */
async function issued(issuer: TestCertificate, changes: CertificateChanges = {}): Promise<TestCertificate> {
  return makeCertificate('leaf', { isCa: false, issuer, ...changes });
}

const thumbprint = ({ certificate }: TestCertificate) =>
  certificate.getThumbprint('SHA-1').then((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());

for (const { name, skip, open } of await testDatabases()) {
  describe(`renewal of policy signers on ${name}`, { skip }, async () => {
    const store = await open();
    const audit = seenAudit();
    const service = await serveEnclaves({ identity }, { store, audit });
    const chains = async (provider: string) => {
      const { id = '' } = value(await store.providers.byName(provider)) ?? {};
      return value(await store.signers.current(id))?.certificates.map(({ x5c }) => x5c);
    };
    const setPolicy = async (provider: string, by: TestCertificate, header: object = {}): Promise<Answer> =>
      administer(service, provider, '/policies/SgxEnclave', {
        method: 'PUT',
        body: await signed(by, policy, { header }),
      });
    const add = async (provider: string, by: TestCertificate, of: TestCertificate): Promise<Answer> =>
      administer(service, provider, '/certificates:add', {
        method: 'POST',
        body: await signed(by, certificatePayload(of)),
      });

    test('a certificate with the key of an expired signer signs policies, which count for attest calls', async () => {
      await providerWith(store, 'renewing', expired);
      assert.equal(refusalOf(await setPolicy('renewing', expired))[2], 'policy-signer-invalid');
      assert.equal(refusalOf(await setPolicy('renewing', stranger))[2], 'policy-signer-unknown');
      assert.equal(operationClaims(await setPolicy('renewing', renewed))['x-ms-policy-result'], 'Updated');
      const answer = await service.call('/providers/renewing/attest/SgxEnclave?api-version=2020-10-01', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await bearer('alice')) },
        body: JSON.stringify({ quote: quoteOf() }),
      });
      assert.equal(answer.status, 200, answer.text);
      const { 'x-ms-policy-signer': signer } = payloadOf(JSON.parse(answer.text).token);
      assert.deepEqual(signer, { alg: 'ES256', kty: 'EC', use: 'sig', x5c: [renewed.base64] });
    });

    test('adding the renewed certificate takes the place of the expired one', async () => {
      await providerWith(store, 'replacing', expired);
      assert.equal(
        operationClaims(await add('replacing', renewed, renewed))['x-ms-policycertificates-result'],
        'IsPresent',
      );
      assert.deepEqual(await chains('replacing'), [[renewed.base64]]);
    });

    test('a renewal by another authority, or by one that did not sign its own new certificate, is unknown', async () => {
      const authority = await makeCertificate('authority');
      const leaf = await issued(authority, past);
      const { id } = await providerWith(store, 'issued', leaf);
      const facts = value(await store.signers.current(id));
      const registered = [{ thumbprint: 'a', x5c: [leaf.base64, authority.base64] }];
      const origin = { actor: 'a', atMs: Date.now(), requestId: 'r', address: '' };
      value(await store.signers.replace(id, { action: 'add', certificates: registered }, origin));
      assert.equal(facts?.certificates.length, 1);
      const chain = (...certificates: TestCertificate[]) => ({ x5c: certificates.map(({ base64 }) => base64) });
      const another = await makeCertificate('authority');
      const byAnother = await issued(another, { keys: leaf.keys });
      assert.equal(
        refusalOf(await setPolicy('issued', byAnother, chain(byAnother, another)))[2],
        'policy-signer-unknown',
      );
      const bySelf = await makeCertificate('leaf', { keys: leaf.keys });
      assert.equal(refusalOf(await setPolicy('issued', bySelf, chain(bySelf)))[2], 'policy-signer-unknown');
      const forgedAuthority = await makeCertificate('authority', {
        keys: { publicKey: authority.keys.publicKey, privateKey: leaf.keys.privateKey },
      });
      const underForged = await issued(authority, { keys: leaf.keys });
      const forged = await setPolicy('issued', underForged, chain(underForged, forgedAuthority));
      assert.equal(refusalOf(forged)[2], 'policy-signer-unknown');
      const right = await issued(authority, { keys: leaf.keys });
      const answer = await setPolicy('issued', right, chain(right, authority));
      assert.equal(operationClaims(answer)['x-ms-policy-result'], 'Updated');
    });

    test('an authority that another one issued does not renew itself', async () => {
      const subordinate = await makeCertificate('subordinate', { ...past, issuer: await makeCertificate('authority') });
      await providerWith(store, 'subordinate', subordinate);
      const bySelf = await makeCertificate('subordinate', { keys: subordinate.keys });
      assert.equal(refusalOf(await setPolicy('subordinate', bySelf))[2], 'policy-signer-unknown');
    });

    test('removing the renewed certificate of a signer removes the signer, and so does removing the one before', async () => {
      const other = await makeCertificate('other');
      const remove = async (provider: string, of: TestCertificate): Promise<Answer> =>
        administer(service, provider, '/certificates:remove', {
          method: 'POST',
          body: await signed(other, certificatePayload(of)),
        });
      for (const [provider, known, named] of [
        ['removing', expired, renewed],
        ['removing-older', renewed, expired],
      ] as const) {
        await providerWith(store, provider, known, other);
        const claims = operationClaims(await remove(provider, named));
        assert.equal(claims['x-ms-policycertificates-result'], 'IsAbsent');
        assert.deepEqual(await chains(provider), [[other.base64]]);
        assert.equal(refusalOf(await setPolicy(provider, renewed))[2], 'policy-signer-unknown');
      }
    });

    const group = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/production';
    const path = (provider: string) => `${group}/providers/Microsoft.Attestation/attestationProviders/${provider}`;
    const recover = async (provider: string, caller: Record<string, string>, ...signers: TestCertificate[]) =>
      service.call(`${path(provider)}/recoverPolicySigners?api-version=2021-06-01`, {
        method: 'POST',
        headers: { ...caller, 'content-type': 'application/json' },
        body: JSON.stringify({ policySigningCertificates: { keys: signers.map(({ base64 }) => ({ x5c: [base64] })) } }),
      });

    test('a service administrator lets another signer in when all have expired, and the record says so', async () => {
      const administrator = await managementBearer('ada', 'administrators');
      await providerWith(store, 'locked', expired);
      audit.entries.length = 0;
      const recovered = await recover('locked', administrator, stranger);
      assert.equal(recovered.status, 200, recovered.text);
      assert.deepEqual(await chains('locked'), [[expired.base64], [stranger.base64]]);
      assert.deepEqual(
        audit.entries.map(({ operation, provider, verdict, detail }) => [operation, provider, verdict, detail]),
        [['recover-signers', 'locked', 'allowed', `signer ${await thumbprint(stranger)}`]],
      );
      assert.equal(operationClaims(await setPolicy('locked', stranger))['x-ms-policy-result'], 'Updated');
      const shown = await service.call(`${path('locked')}?api-version=2021-06-01`, { headers: administrator });
      const { policySigners } = JSON.parse(shown.text).properties;
      assert.deepEqual(
        policySigners.map(({ expires }: { expires: string }) => expires),
        [expired, stranger].map(({ certificate }) => certificate.notAfter.toISOString()),
      );
    });

    test('a signer whose stored certificate is not accepted any more does not count, and is in nobody’s way', async () => {
      const administrator = await managementBearer('ada', 'administrators');
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2050 });
      const weak = await makeCertificate('weak', {
        spki: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
      });
      await providerWith(store, 'stricter', weak, expired);
      assert.equal(refusalOf(await setPolicy('stricter', stranger))[2], 'policy-signer-unknown');
      const shown = await service.call(`${path('stricter')}?api-version=2021-06-01`, { headers: administrator });
      assert.equal(shown.status, 200, shown.text);
      const recovered = await recover('stricter', administrator, stranger);
      assert.equal(recovered.status, 200, recovered.text);
      assert.equal(operationClaims(await setPolicy('stricter', stranger))['x-ms-policy-result'], 'Updated');
      assert.equal(operationClaims(await setPolicy('stricter', renewed))['x-ms-policy-result'], 'Updated');
      const listed = await administer(service, 'stricter', '/certificates');
      const { 'x-ms-policy-certificates': keys } = operationClaims(listed);
      const chainsOf = Object(keys).keys.map(({ x5c }: { x5c: string[] }) => x5c);
      assert.deepEqual(chainsOf, [[expired.base64], [stranger.base64]]);
    });

    test('a signer in force whose stored chain is not accepted any more does not stand in the way of a recovery', async () => {
      const administrator = await managementBearer('ada', 'administrators');
      // Name constraints without any subtree, which are not worked out.
      const constrained = await makeCertificate('constrained', {
        extensions: [new Extension('2.5.29.30', false, Uint8Array.of(0x30, 0x00))],
      });
      await providerWith(store, 'constrained', constrained);
      assert.equal(refusalOf(await setPolicy('constrained', constrained))[2], 'policy-signer-invalid');
      const recovered = await recover('constrained', administrator, stranger);
      assert.equal(recovered.status, 200, recovered.text);
      assert.equal(operationClaims(await setPolicy('constrained', stranger))['x-ms-policy-result'], 'Updated');
    });

    test('nobody else recovers signers, and nobody does while one of them is in force', async () => {
      const administrator = await managementBearer('ada', 'administrators');
      await providerWith(store, 'guarded', expired, renewed);
      assert.equal(refusalOf(await recover('guarded', administrator, stranger))[2], 'policy-signer-in-force');
      const contributor = await managementBearer('carl', 'guarded-contributors');
      assert.equal(refusalOf(await recover('guarded', contributor, stranger))[2], 'administrator-role-missing');
      await providerWith(store, 'unsigned');
      assert.equal(refusalOf(await recover('unsigned', administrator, stranger))[2], 'trust-model-wrong');
      await providerWith(store, 'lost', expired);
      assert.equal(refusalOf(await recover('lost', administrator))[2], 'member-missing');
      assert.equal(refusalOf(await recover('lost', administrator, expired))[2], 'policy-signer-invalid');
      assert.deepEqual(await chains('lost'), [[expired.base64]]);
    });
  });
}
