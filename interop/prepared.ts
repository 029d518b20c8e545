/** What the service holds before the first client comes: providers for those that cannot make their own, and tokens for relying parties. */
import { createAttestationClient, createClientCredentials } from '@atesto/client';
import { createAdministrationClient } from '@atesto/client/admin';
import type { RunningService } from '@atesto/service';
import type { Signer } from './signers.ts';

/** Attestation tokens: a good one of the default provider, it with a changed claim, and the unsecured one of a draft policy. */
export type Tokens = Readonly<Record<'good' | 'tampered' | 'unsecured', string>>;

/** What the providers and tokens are made with. */
export interface Materials {
  /** PEM. */
  readonly ca: string;
  readonly quote: Uint8Array;
  readonly draftPolicy: string;
  readonly signers: Readonly<Record<'rsa' | 'ec', Signer>>;
}

/** Clients whose packages manage policies and signers but no providers; each has `NAME-aad`, `NAME-isolated-rsa` and `NAME-isolated-ec`. */
const administrators = ['py', 'java'] as const;

/** Makes the providers, and gives the tokens. */
export async function prepareService(
  { url: endpoint, developmentIdentity: identity }: Pick<RunningService, 'url' | 'developmentIdentity'>,
  { ca, quote, draftPolicy, signers }: Materials,
): Promise<Tokens> {
  if (identity === undefined) throw new Error('the service has no OpenID provider');
  const { issuer, clientId, clientSecret } = identity;
  await using credential = createClientCredentials({ issuer, clientId, clientSecret, ca });
  await using administration = createAdministrationClient({ endpoint, credential, ca });
  const { providers } = administration;
  const place = { subscription: '00000000-0000-0000-0000-000000000000', resourceGroup: 'interop' };
  for (const name of administrators) {
    await providers.create(place, `${name}-aad`, { location: 'local' });
    for (const kind of ['rsa', 'ec'] as const) {
      const policySigners = [signers[kind].certificate];
      await providers.create(place, `${name}-isolated-${kind}`, { location: 'local', policySigners });
    }
  }
  await using client = createAttestationClient({ endpoint, credential, ca });
  const good = (await client.attestSgxEnclave(quote)).token;
  const unsecured = (await client.attestSgxEnclave(quote, { draftPolicy })).token;
  return { good, tampered: withDebug(good), unsecured };
}

/** The token, saying of its enclave that it can be debugged. */
function withDebug(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, 'x-ms-sgx-is-debuggable': true })).toString('base64url');
  return `${header}.${changed}.${signature}`;
}
