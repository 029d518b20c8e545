/** What is an attestation provider? A value that goes through the pipeline with each request. */
import type { TcbBaseline } from '@atesto/evidence';
import type { AccessTokens } from '../identity/access-token.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { IntelEndorsements } from './intel.ts';
import type { ProviderPolicy } from './policy.ts';

/** One attestation provider. */
export interface Provider {
  /** Its URI without trailing slash: issuer of its tokens. */
  readonly uri: string;
  readonly keys: SigningKeys;
  readonly tokenLifetimeSeconds: number;
  readonly accessTokens: AccessTokens;
  /** Whether every attest call needs an access token. */
  readonly requireAccessToken: boolean;
  readonly intel: IntelEndorsements;
  readonly baseline: { readonly sgx: TcbBaseline };
  /** The policy in force for an attestation type, by its name. */
  readonly policyOf: (attestationType: string) => ProviderPolicy | undefined;
}
