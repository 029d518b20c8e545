/** Pins the types of the public API: this file only has to compile. */
import type { AttestationType } from '@atesto/core';
import { evidenceFromPlatform } from '@atesto/testing';
import type { SimulatedPlatform } from '@atesto/testing/sgx';
import type { TokenCredential as AzureTokenCredential } from '@azure/core-auth';
import type { DefaultAzureCredential } from '@azure/identity';
import { type AdministrationClient, createAdministrationClient } from './administration/index.ts';
import {
  type AttestationClient,
  type AttestationResult,
  type ClientCode,
  ClientError,
  createAttestationClient,
  createClientCredentials,
  type EvidenceType,
  type TokenCredential,
} from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const azure: DefaultAzureCredential;
declare const abstractAzure: AzureTokenCredential;
const endpoint = 'https://localhost';
export const clients: AttestationClient[] = [
  createAttestationClient({ endpoint }),
  createAttestationClient({ endpoint, credential: azure, timeoutSeconds: 1 }),
  createAttestationClient({ endpoint, credential: abstractAzure }),
];
createAdministrationClient({ endpoint, credential: azure });
// Those of this package are credentials for Azure's SDKs, too.
export const taken: AzureTokenCredential = createClientCredentials({
  issuer: endpoint,
  clientId: 'a',
  clientSecret: 'b',
});
// @ts-expect-error one unit of time
createAttestationClient({ endpoint, timeoutMilliseconds: 1000 });
// @ts-expect-error a credential gives tokens by getToken
export const old: TokenCredential = { accessToken: async () => 'token' };

declare const client: AttestationClient;
declare const administration: AdministrationClient;
declare const platform: SimulatedPlatform;
declare const quote: Uint8Array;
same<ReturnType<typeof client.attestSgxEnclave>, Promise<AttestationResult>>(true);
client.attest(evidenceFromPlatform(platform), { runtimeData: { key: { kty: 'EC' } } });
client.attestSgxEnclave(quote, { runtimeData: { json: '{}' }, initTimeData: { bytes: quote } });
// @ts-expect-error one shape of data
client.attestSgxEnclave(quote, { runtimeData: { binary: quote } });
// @ts-expect-error JSON is given as the text that the evidence commits to, never as a value
client.attestSgxEnclave(quote, { runtimeData: { json: {} } });

export const evidenceType: AttestationType = 'SgxEnclave' satisfies EvidenceType;
declare const error: unknown;
if (error instanceof ClientError) same<typeof error.code, ClientCode>(true);

export async function disposable(): Promise<void> {
  await using one = client;
  await using two = administration;
  await using three = createClientCredentials({ issuer: endpoint, clientId: 'a', clientSecret: 'b' });
  return void [one, two, three];
}
