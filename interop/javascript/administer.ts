/**
 * Policies and policy signers with the official SDKs, unmodified: only endpoint, credential and (through NODE_EXTRA_CA_CERTS) the CA
 * are set. The providers are made with the management SDK.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AttestationManagementClient } from '@azure/arm-attestation';
import {
  AttestationAdministrationClient,
  AttestationClient,
  createAttestationPolicyToken,
  type PolicyResult,
} from '@azure/attestation';
import { ClientSecretCredential } from '@azure/identity';
import type { Scenario } from '../scenario.ts';
import type { Signer } from '../signers.ts';
import { step } from '../step.ts';

const [file = ''] = process.argv.slice(2);
const scenario: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const { tenant, clientId, clientSecret, authorityHost, endpoint, signers } = scenario;
const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
  authorityHost,
  disableInstanceDiscovery: true,
});
const management = new AttestationManagementClient(credential, '66666666-7777-8888-9999-aaaaaaaaaaaa', { endpoint });
const type = 'SgxEnclave';
const policy =
  'version= 1.0;authorizationrules{=> permit();};issuancerules{=> issue(type="set-by", value="javascript");};';
const policyHash = createHash('sha256').update(Buffer.from(policy).toString('base64url')).digest();

function base64Of({ certificate }: Signer): string {
  return certificate.replace(/-----[^-]+-----|\s/g, '');
}

function thumbprintOf(signer: Signer): string {
  return createHash('sha1')
    .update(Buffer.from(base64Of(signer), 'base64'))
    .digest('hex')
    .toUpperCase();
}

async function makeProvider(name: string, ...policySigners: readonly Signer[]): Promise<string> {
  const keys = policySigners.map((signer) => ({ kty: 'RSA', use: 'sig', x5C: [base64Of(signer)] }));
  const properties = keys.length === 0 ? {} : { policySigningCertificates: { keys } };
  const made = await management.attestationProviders.create('interop', name, { location: 'local', properties });
  assert.equal(made.trustModel, keys.length === 0 ? 'AAD' : 'Isolated');
  assert.equal(made.attestUri, `${endpoint}/providers/${name}`);
  return `${endpoint}/providers/${name}`;
}

function optionsFor(uri: string) {
  return { validationOptions: { validateToken: true, validateIssuer: true, expectedIssuer: uri } };
}

function administratorOf(uri: string): AttestationAdministrationClient {
  return new AttestationAdministrationClient(uri, credential, optionsFor(uri));
}

async function policyHashOf(uri: string): Promise<Uint8Array> {
  const client = new AttestationClient(uri, credential, optionsFor(uri));
  const { body } = await client.attestSgxEnclave(Buffer.from(scenario.evidence.sgxBinary, 'base64'), {
    runTimeData: Buffer.from(scenario.runtimeData, 'base64'),
  });
  assert.equal(body.issuer, uri);
  return body.policyHash;
}

function checkUpdated({ policyResolution, policyTokenHash, policySigner }: PolicyResult, signer?: Signer): void {
  assert.equal(policyResolution, 'Updated');
  const { privateKey, certificate } = { privateKey: signer?.key, certificate: signer?.certificate };
  // An ECDSA signature is another one each time.
  if (signer !== signers.ec) {
    const token = createAttestationPolicyToken(policy, privateKey, certificate).serialize();
    assert.deepEqual(Buffer.from(policyTokenHash ?? ''), createHash('sha256').update(token).digest());
  }
  const found = policySigner?.certificates.map((pem) => pem.replace(/\s/g, ''));
  assert.deepEqual(found, signer === undefined ? undefined : [signer.certificate.replace(/\s/g, '')]);
}

async function checkInForce(uri: string): Promise<void> {
  assert.equal((await administratorOf(uri).getPolicy(type)).body, policy);
  assert.deepEqual(Buffer.from(await policyHashOf(uri)), policyHash);
}

let aad = '';
await step('providers', 'attestationProviders.create makes the providers of the other steps', async () => {
  aad = await makeProvider('js-aad');
  await makeProvider('js-isolated-rsa', signers.rsa);
  await makeProvider('js-isolated-ec', signers.ec);
});

await step('policies', 'AAD: getPolicy gives the default policy before one is set', async () => {
  assert.match(
    (await administratorOf(aad).getPolicy(type)).body,
    /^version= 1\.1;configurationrules\{|^version= 1\.1;/,
  );
});

await step('policies', 'AAD: setPolicy unsecured is in force at once', async () => {
  checkUpdated((await administratorOf(aad).setPolicy(type, policy)).body);
  await checkInForce(aad);
});

await step('policies', 'AAD: resetPolicy unsecured brings the default policy back', async () => {
  assert.equal((await administratorOf(aad).resetPolicy(type)).body.policyResolution, 'Removed');
  assert.notEqual((await administratorOf(aad).getPolicy(type)).body, policy);
});

for (const kind of ['rsa', 'ec'] as const) {
  const { key: privateKey, certificate } = signers[kind];
  await step('policies', `AAD: setPolicy and resetPolicy signed with a key of kind ${kind}`, async () => {
    const administrator = administratorOf(aad);
    checkUpdated((await administrator.setPolicy(type, policy, { privateKey, certificate })).body, signers[kind]);
    await checkInForce(aad);
    const reset = await administrator.resetPolicy(type, { privateKey, certificate });
    assert.equal(reset.body.policyResolution, 'Removed');
  });
}

await step(
  'policies',
  'AAD: setPolicy of a policy that does not compile is refused with PolicyParsingError',
  async () => {
    const wrong = administratorOf(aad).setPolicy(type, 'version= 1.0;authorizationrules{');
    await assert.rejects(wrong, { statusCode: 400, code: 'PolicyParsingError' });
  },
);

await step('signers', 'AAD: getPolicyManagementCertificates gives none', async () => {
  assert.deepEqual((await administratorOf(aad).getPolicyManagementCertificates()).body, []);
});

for (const kind of ['rsa', 'ec'] as const) {
  const uri = `${endpoint}/providers/js-isolated-${kind}`;
  const administrator = administratorOf(uri);
  const own = signers[kind];
  const { key: privateKey, certificate } = own;
  const list = async (): Promise<(string | undefined)[]> =>
    (await administrator.getPolicyManagementCertificates()).body.map(({ certificates: [pem] }) =>
      pem?.replace(/\s/g, ''),
    );

  await step(
    'policies',
    `Isolated ${kind}: setPolicy unsecured, or signed by a stranger, is refused with InvalidOperation`,
    async () => {
      const refusal = { statusCode: 400, code: 'InvalidOperation' };
      await assert.rejects(administrator.setPolicy(type, policy), refusal);
      const stranger = { privateKey: signers.otherRsa.key, certificate: signers.otherRsa.certificate };
      await assert.rejects(administrator.setPolicy(type, policy, stranger), refusal);
      await assert.rejects(administrator.resetPolicy(type), refusal);
    },
  );

  await step(
    'policies',
    `Isolated ${kind}: setPolicy signed is in force at once, resetPolicy signed takes it back`,
    async () => {
      checkUpdated((await administrator.setPolicy(type, policy, { privateKey, certificate })).body, own);
      await checkInForce(uri);
      const reset = await administrator.resetPolicy(type, { privateKey, certificate });
      assert.equal(reset.body.policyResolution, 'Removed');
      assert.notEqual((await administrator.getPolicy(type)).body, policy);
    },
  );

  await step('signers', `Isolated ${kind}: signers of both kinds are added, listed and removed`, async () => {
    const first = [certificate.replace(/\s/g, '')];
    assert.deepEqual(await list(), first);
    for (const other of [signers.otherRsa, signers.otherEc]) {
      const added = await administrator.addPolicyManagementCertificate(other.certificate, privateKey, certificate);
      assert.deepEqual(
        [added.body.certificateResolution, added.body.certificateThumbprint],
        ['IsPresent', thumbprintOf(other)],
      );
      assert.deepEqual(await list(), [...first, other.certificate.replace(/\s/g, '')]);
      const byOther = { privateKey: other.key, certificate: other.certificate };
      assert.equal((await administrator.setPolicy(type, policy, byOther)).body.policyResolution, 'Updated');
      await checkInForce(uri);
      const removed = await administrator.removePolicyManagementCertificate(other.certificate, privateKey, certificate);
      assert.deepEqual(
        [removed.body.certificateResolution, removed.body.certificateThumbprint],
        ['IsAbsent', thumbprintOf(other)],
      );
      await assert.rejects(administrator.setPolicy(type, policy, byOther), { code: 'InvalidOperation' });
      await administrator.setPolicy(type, policy, { privateKey, certificate });
    }
    assert.deepEqual(await list(), first);
  });

  await step('signers', `Isolated ${kind}: the last signer stays`, async () => {
    const removal = administrator.removePolicyManagementCertificate(certificate, privateKey, certificate);
    await assert.rejects(removal, { statusCode: 400, code: 'InvalidOperation' });
  });
}
