/** What is an attestation provider? A value that goes through the pipeline with each request. */
import type { SigningKeys } from '../keys/signing-keys.ts';

/** One attestation provider. */
export interface Provider {
  /** Its URI without trailing slash: issuer of its tokens. */
  readonly uri: string;
  readonly keys: SigningKeys;
}
