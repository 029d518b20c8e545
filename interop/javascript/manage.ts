/** The official management SDK, unmodified: only endpoint, credential and (through NODE_EXTRA_CA_CERTS) the CA are set. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AttestationManagementClient } from '@azure/arm-attestation';
import { AttestationClient } from '@azure/attestation';
import { ClientSecretCredential } from '@azure/identity';
import type { Scenario } from '../scenario.ts';
import { step } from '../step.ts';

const [file = ''] = process.argv.slice(2);
const scenario: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const { tenant, clientId, clientSecret, authorityHost, endpoint } = scenario;
const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
  authorityHost,
  disableInstanceDiscovery: true,
});
const subscription = '11111111-2222-3333-4444-555555555555';
const group = 'interop';
const location = 'local';
const { attestationProviders: providers, operations } = new AttestationManagementClient(credential, subscription, {
  endpoint,
});
const older = new AttestationManagementClient(credential, subscription, { endpoint, apiVersion: '2020-10-01' });

let attestUri = '';

await step('providers', 'attestationProviders.create makes an AAD provider', async () => {
  const made = await providers.create(group, 'interopaad', { location, tags: { purpose: 'interop' }, properties: {} });
  assert.equal(made.name, 'interopaad');
  assert.equal(made.trustModel, 'AAD');
  assert.equal(made.status, 'Ready');
  assert.deepEqual(made.tags, { purpose: 'interop' });
  attestUri = made.attestUri ?? '';
  assert.equal(attestUri, `${endpoint}/providers/interopaad`);
});

await step(
  'providers',
  'attestationProviders.create makes an Isolated provider from policy signing certificates',
  async () => {
    const keys = [{ kty: 'EC', alg: 'ES256', use: 'sig', x5C: [scenario.signerCertificate] }];
    const properties = { policySigningCertificates: { keys } };
    const made = await providers.create(group, 'interopisolated', { location, properties });
    assert.equal(made.trustModel, 'Isolated');
  },
);

await step('SgxEnclave', 'the provider attests at its attestUri, and its tokens validate', async () => {
  const validationOptions = { validateToken: true, validateIssuer: true, expectedIssuer: attestUri };
  // Given a credential, the SDK drops the options of the client: the call has to say that its token is to be verified.
  const client = new AttestationClient(attestUri, credential);
  const response = await client.attestSgxEnclave(Buffer.from(scenario.evidence.sgxBinary, 'base64'), {
    runTimeData: Buffer.from(scenario.runtimeData, 'base64'),
    validationOptions,
  });
  assert.equal(response.body.issuer, attestUri);
});

await step('providers', 'attestationProviders.get finds it, at both versions of the API', async () => {
  for (const client of [providers, older.attestationProviders]) {
    const found = await client.get(group, 'interopaad');
    assert.equal(found.attestUri, attestUri);
    assert.equal(found.type, 'Microsoft.Attestation/attestationProviders');
    assert.ok(found.systemData?.createdAt instanceof Date);
  }
});

await step('providers', 'attestationProviders.update changes tags and settings', async () => {
  const properties = { tpmAttestationAuthentication: 'Disabled' };
  const changed = await providers.update(group, 'interopaad', { tags: { purpose: 'changed' }, properties });
  assert.deepEqual(changed.tags, { purpose: 'changed' });
  assert.equal(changed.tpmAttestationAuthentication, 'Disabled');
  assert.equal(changed.publicNetworkAccess, 'Enabled');
});

await step('providers', 'attestationProviders.list and listByResourceGroup name both', async () => {
  for (const { value } of [await providers.list(), await providers.listByResourceGroup(group)]) {
    assert.deepEqual(value?.map(({ name }) => name).sort(), ['interopaad', 'interopisolated']);
  }
});

await step(
  'providers',
  'attestationProviders.listDefault and getDefaultByLocation name the default provider',
  async () => {
    const { value } = await providers.listDefault();
    assert.deepEqual(
      value?.map(({ attestUri: uri }) => uri),
      [endpoint],
    );
    assert.equal((await providers.getDefaultByLocation(location)).attestUri, endpoint);
  },
);

await step('providers', 'operations.list names what can be done', async () => {
  const { value } = await operations.list();
  assert.equal(value?.length, 3);
});

await step('providers', 'attestationProviders.get of what is not there is refused with ResourceNotFound', async () => {
  await assert.rejects(providers.get(group, 'nobody'), { statusCode: 404, code: 'ResourceNotFound' });
});

await step('providers', 'attestationProviders.delete removes them, and what is gone counts as deleted', async () => {
  for (const name of ['interopaad', 'interopisolated', 'interopaad']) await providers.delete(group, name);
  assert.deepEqual((await providers.list()).value, []);
});
