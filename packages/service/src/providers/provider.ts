/** The attestation provider: a value that goes through the pipeline with each request. */
import type {
  AzureGuestBaseline,
  SnpBaseline,
  SnpReferenceValue,
  TcbBaseline,
  TdxInitTimeBinding,
  TdxReferenceValue,
} from '@atesto/evidence/advanced';
import type { ProviderRecord } from '@atesto/store';
import type { JsonObject } from '@atesto/token';
import type { AccessTokens } from '../identity/access-token.ts';
import type { ProviderKeys } from '../keys/signing-keys.ts';
import type { PolicyWorkers } from '../policy-workers/policy-workers.ts';
import type { AmdEndorsements } from './amd.ts';
import type { IntelEndorsements } from './intel.ts';
import type { ProviderPolicy } from './policy.ts';
import type { SelectableTcbBaseline } from './tcb-baselines.ts';

/** A policy that is in force. The same object for as long as it is the same version. */
export interface PolicyInForce {
  readonly policy: ProviderPolicy;
  /** Its version in the store; absent: the default policy, of which there are no versions. */
  readonly version?: number;
  /** Who signed it, as a JWK: `x-ms-policy-signer`. */
  readonly signer?: JsonObject;
}

/** Whose draft policies are evaluated: nobody's, those of readers of the provider, of callers with an access token, or anyone's. */
export type DraftPolicies = 'off' | 'readers' | 'authenticated' | 'anyone';

/** One attestation provider. */
export interface Provider {
  /** Its identity in the store: never used again, also not by a later provider of the same name. */
  readonly id: string;
  readonly name: string;
  readonly trustModel: ProviderRecord['trustModel'];
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly createdAtMs: number;
  /** Its URI without trailing slash: issuer of its tokens. */
  readonly uri: string;
  readonly keys: ProviderKeys;
  readonly tokenLifetimeSeconds: number;
  readonly accessTokens: AccessTokens;
  /** Whether every attest call needs an access token. */
  readonly requireAccessToken: boolean;
  /** Whose drafts are evaluated. */
  readonly draftPolicies: DraftPolicies;
  /** Evaluates policy texts of callers. */
  readonly policyWorkers: Pick<PolicyWorkers, 'evaluateDraft' | 'explain'>;
  readonly intel: IntelEndorsements;
  readonly amd: AmdEndorsements;
  readonly baseline: {
    readonly sgx: TcbBaseline;
    readonly tdx: TcbBaseline;
    readonly sevsnp: SnpBaseline;
    readonly azureGuest: AzureGuestBaseline;
  };
  /** Guests that the operator knows. */
  readonly referenceValues: {
    readonly sevsnp: readonly SnpReferenceValue[];
    readonly tdx: readonly TdxReferenceValue[];
  };
  /** Baselines of Intel that policies can choose from, the newest first. */
  readonly tcbBaselines: readonly SelectableTcbBaseline[];
  /** How evidence commits to init-time data where Azure Attestation does not say it. */
  readonly initTimeBinding: { readonly tdx: TdxInitTimeBinding };
  /**
   * The policy that is in force at this moment for an attestation type, by its name; undefined: there is none. Refuses the
   * request with `policy-untrusted`, `policy-not-fresh`, or `provider-unknown` when the provider was deleted meanwhile.
   */
  readonly policyOf: (attestationType: string) => PolicyInForce | undefined;
}
