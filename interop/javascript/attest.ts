/** The official JavaScript SDK, unmodified: only endpoint, credential and (through NODE_EXTRA_CA_CERTS) the CA are set. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AttestationClient, type AttestationResponse, type AttestationResult } from '@azure/attestation';
import { ClientSecretCredential } from '@azure/identity';
import type { Scenario } from '../scenario.ts';
import { step } from '../step.ts';

const [file = ''] = process.argv.slice(2);
const scenario: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const bytes = (base64: string): Uint8Array => Buffer.from(base64, 'base64');
const runTimeData = bytes(scenario.runtimeData);
const runTimeJson = bytes(scenario.runtimeJson);
const { evidence, draftPolicy: draftPolicyForAttestation } = scenario;
const expectedClaims: unknown = JSON.parse(Buffer.from(runTimeJson).toString());

const { tenant, clientId, clientSecret, authorityHost } = scenario;
const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
  authorityHost,
  disableInstanceDiscovery: true,
});
const validationOptions = { validateToken: true, validateIssuer: true, expectedIssuer: scenario.endpoint };
// Given a credential, the SDK drops the options of the client: each call has to say that its token is to be verified.
const client = new AttestationClient(scenario.endpoint, credential);

function checkEnclave({ body, token }: AttestationResponse<AttestationResult>, algorithm: string): void {
  assert.equal(token.algorithm, algorithm);
  assert.equal(body.issuer, scenario.endpoint);
  // The SDK gives the hex digits of the claim as bytes.
  assert.equal(Buffer.from(body.mrEnclave ?? '').toString(), scenario.mrEnclave);
  assert.equal(body.isDebuggable, false);
}

await step('discovery', 'getOpenIdMetadata names issuer and key set', async () => {
  const metadata = await client.getOpenIdMetadata();
  assert.equal(metadata.issuer, scenario.endpoint);
  assert.equal(metadata.jwks_uri, `${scenario.endpoint}/certs`);
  assert.deepEqual(metadata.response_types_supported, ['token', 'none']);
});

await step('keys', 'getAttestationSigners gives certificates', async () => {
  const signers = await client.getAttestationSigners();
  assert.equal(signers.length, 1);
  assert.match(signers[0]?.certificates[0] ?? '', /-----BEGIN CERTIFICATE-----/);
});

await step('SgxEnclave', 'attestSgxEnclave with binary runtime data', async () => {
  const response = await client.attestSgxEnclave(bytes(evidence.sgxBinary), { runTimeData, validationOptions });
  checkEnclave(response, 'RS256');
  assert.deepEqual(Buffer.from(response.body.enclaveHeldData ?? ''), Buffer.from(runTimeData));
});

await step('SgxEnclave', 'attestSgxEnclave with JSON runtime data', async () => {
  const response = await client.attestSgxEnclave(bytes(evidence.sgxJson), { runTimeJson, validationOptions });
  checkEnclave(response, 'RS256');
  assert.deepEqual(response.body.runTimeClaims, expectedClaims);
});

await step('SgxEnclave', 'attestSgxEnclave without runtime data', async () => {
  checkEnclave(await client.attestSgxEnclave(bytes(evidence.sgxBinary), { validationOptions }), 'RS256');
});

await step('SgxEnclave', 'attestSgxEnclave with a draft policy gives an unsecured token', async () => {
  const options = { runTimeData, draftPolicyForAttestation, validationOptions };
  checkEnclave(await client.attestSgxEnclave(bytes(evidence.sgxBinary), options), 'none');
});

await step('OpenEnclave', 'attestOpenEnclave with binary runtime data', async () => {
  const response = await client.attestOpenEnclave(bytes(evidence.openEnclaveBinary), {
    runTimeData,
    validationOptions,
  });
  checkEnclave(response, 'RS256');
  assert.deepEqual(Buffer.from(response.body.enclaveHeldData ?? ''), Buffer.from(runTimeData));
});

await step('OpenEnclave', 'attestOpenEnclave with JSON runtime data', async () => {
  const response = await client.attestOpenEnclave(bytes(evidence.openEnclaveJson), { runTimeJson, validationOptions });
  checkEnclave(response, 'RS256');
  assert.deepEqual(response.body.runTimeClaims, expectedClaims);
});

await step('OpenEnclave', 'attestOpenEnclave with a draft policy gives an unsecured token', async () => {
  const options = { runTimeJson, draftPolicyForAttestation, validationOptions };
  checkEnclave(await client.attestOpenEnclave(bytes(evidence.openEnclaveJson), options), 'none');
});

await step('SgxEnclave', 'a token of another issuer than expected is not taken: the SDK does verify', async () => {
  const other = { ...validationOptions, expectedIssuer: `${scenario.endpoint}/other` };
  await assert.rejects(client.attestSgxEnclave(bytes(evidence.sgxBinary), { validationOptions: other }), /[Ii]ssuer/);
});

await step('SgxEnclave', 'attestSgxEnclave with wrong runtime data is refused with InvalidParameter', async () => {
  const wrong = client.attestSgxEnclave(bytes(evidence.sgxBinary), { runTimeData: runTimeJson });
  await assert.rejects(wrong, { statusCode: 400, code: 'InvalidParameter' });
});

await step('SgxEnclave', 'attestSgxEnclave without a credential is refused with Unauthorized', async () => {
  const anonymous = new AttestationClient(scenario.endpoint, { validationOptions });
  await assert.rejects(anonymous.attestSgxEnclave(bytes(evidence.sgxBinary)), {
    statusCode: 401,
    code: 'Unauthorized',
  });
});
