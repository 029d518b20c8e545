/** The seam to the verification of stored policies: what a row must prove before its policy is evaluated. */
import type { Outcome } from '@atesto/core';
import type { PolicyVersion, ProviderRecord, SignersVersion } from '@atesto/store';
import type { JsonObject } from '@atesto/token';

/** The provider that a stored policy belongs to, as far as the policy must fit it. */
export type PolicyOwner = Pick<ProviderRecord, 'id' | 'name' | 'trustModel'> & {
  /** The signers in force; undefined: the provider never had any. */
  readonly signers: SignersVersion | undefined;
};

/** What a stored policy says, once it is verified. */
export interface StoredPolicy {
  readonly text: string;
  /** Who signed it, as a JWK: `x-ms-policy-signer`. Absent: it is unsigned. */
  readonly signer?: JsonObject;
}

/** Verifies a row whose content is not null. */
export type VerifyStoredPolicy = (owner: PolicyOwner, row: PolicyVersion) => Outcome<StoredPolicy>;
