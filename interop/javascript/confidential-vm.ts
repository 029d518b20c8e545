/**
 * Tokens of confidential VMs, verified by the official JavaScript SDK. It has no calls for TdxVm and SevSnpVm; a policy of its own HTTP
 * pipeline, which every user can add, leads the calls that have the same members there. Its verification of the token is its own.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AttestationClient, type AttestationResponse, type AttestationResult } from '@azure/attestation';
import { ClientSecretCredential } from '@azure/identity';
import type { Scenario } from '../scenario.ts';
import { step } from '../step.ts';

const [file = ''] = process.argv.slice(2);
const scenario: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const bytes = (base64: string): Uint8Array => Buffer.from(base64, 'base64');
const runTimeJson = bytes(scenario.runtimeJson);
const { evidence, virtualMachines } = scenario;
const expectedClaims: unknown = JSON.parse(Buffer.from(runTimeJson).toString());

const { tenant, clientId, clientSecret, authorityHost } = scenario;
const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
  authorityHost,
  disableInstanceDiscovery: true,
});

const validationOptions = { validateToken: true, validateIssuer: true, expectedIssuer: scenario.endpoint };

/** A client whose calls of one operation go to another. The SDK drops its options where a credential is given, so the token goes here too. */
function clientLedTo(from: string, to: string): AttestationClient {
  return new AttestationClient(scenario.endpoint, {
    validationOptions,
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'leads to another attestation type',
          sendRequest: async (request, next) => {
            const access = await credential.getToken('https://attest.azure.net/.default');
            request.headers.set('authorization', `Bearer ${access.token}`);
            request.url = request.url.replace(`/attest/${from}`, `/attest/${to}`);
            return next(request);
          },
        },
      },
    ],
  });
}

/** The claims that the SDK verified. */
function claimsOf({ token }: AttestationResponse<AttestationResult>): Readonly<Record<string, unknown>> {
  assert.equal(token.algorithm, 'RS256');
  assert.equal(token.issuer, scenario.endpoint);
  return Object(token.getBody());
}

const tdx = clientLedTo('SgxEnclave', 'TdxVm');
const snp = clientLedTo('OpenEnclave', 'SevSnpVm');

await step('TdxVm', 'a token of TdxVm is verified, with its claims and runtime data', async () => {
  const response = await tdx.attestSgxEnclave(bytes(evidence.tdxJson), { runTimeJson });
  const claims = claimsOf(response);
  assert.equal(claims['x-ms-attestation-type'], 'tdxvm');
  assert.equal(claims.tdx_mrtd, virtualMachines.mrTd);
  assert.equal(claims.attester_tcb_status, 'UpToDate');
  assert.deepEqual(response.body.runTimeClaims, expectedClaims);
});

await step('TdxVm', 'TdxVm with wrong runtime data is refused with InvalidParameter', async () => {
  const wrong = tdx.attestSgxEnclave(bytes(evidence.tdxJson), { runTimeData: bytes(scenario.runtimeData) });
  await assert.rejects(wrong, { statusCode: 400, code: 'InvalidParameter' });
});

await step('TdxVm', 'a token of TdxVm is not taken when another issuer is expected: the SDK does verify', async () => {
  const other = { ...validationOptions, expectedIssuer: `${scenario.endpoint}/other` };
  const wrong = tdx.attestSgxEnclave(bytes(evidence.tdxJson), { runTimeJson, validationOptions: other });
  await assert.rejects(wrong, /[Ii]ssuer/);
});

await step('SevSnpVm', 'a token of SevSnpVm is verified, with its claims and runtime data', async () => {
  const response = await snp.attestOpenEnclave(bytes(evidence.snpJson), { runTimeJson });
  const claims = claimsOf(response);
  assert.equal(claims['x-ms-attestation-type'], 'sevsnpvm');
  assert.equal(claims['x-ms-sevsnpvm-launchmeasurement'], virtualMachines.launchMeasurement);
  assert.deepEqual(response.body.runTimeClaims, expectedClaims);
});
