/** Access tokens of the emulator's OpenID provider, as Azure's managed identity endpoint of virtual machines gives them. */
import { readFileSync } from 'node:fs';
import { type ClientCredentials, createClientCredentials } from '@atesto/client';
import type { RunningService } from '@atesto/service';

/** The body of the managed identity endpoint. Source: Azure, "How managed identities work with virtual machines", api-version 2018-02-01. */
export interface ManagedIdentityToken {
  readonly access_token: string;
  readonly client_id: string;
  /** Seconds. */
  readonly expires_in: string;
  /** Seconds since 1970. */
  readonly expires_on: string;
  readonly not_before: string;
  readonly resource: string;
  readonly token_type: 'Bearer';
}

/** A resource is the same with and without a slash at its end. */
const plain = (resource: string): string => resource.replace(/\/$/, '');

/** Gets access tokens as the emulator's one client. */
export class AccessTokens {
  readonly #service: RunningService;
  #credential: ClientCredentials | undefined;

  constructor(service: RunningService) {
    this.#service = service;
  }

  /** A token for a resource such as `https://attest.azure.net`. Throws an error when the provider gives none. */
  async tokenFor(resource: string): Promise<ManagedIdentityToken> {
    this.#credential ??= credentialOf(this.#service);
    const { token } = await this.#credential.getToken(`${plain(resource)}/.default`);
    const { exp, nbf, iat, aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    if (plain(String(aud)) !== plain(resource)) {
      throw new RangeError(`the OpenID provider gives no tokens for ${resource}`);
    }
    return {
      access_token: token,
      client_id: this.#service.developmentIdentity?.clientId ?? '',
      expires_in: String(Math.max(0, Number(exp) - Math.floor(Date.now() / 1000))),
      expires_on: String(exp),
      not_before: String(nbf ?? iat),
      resource,
      token_type: 'Bearer',
    };
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#credential?.close();
  }
}

function credentialOf({ developmentIdentity: identity, caFile }: RunningService): ClientCredentials {
  if (identity === undefined || caFile === undefined) throw new Error('the service has no OpenID provider');
  const { issuer, clientId, clientSecret } = identity;
  return createClientCredentials({ issuer, clientId, clientSecret, ca: readFileSync(caFile, 'utf8') });
}
