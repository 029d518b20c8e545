/** What the pipeline needs from each technology: one value of this type is one attestation type of the contract. */
import type { Outcome } from '@atesto/core';
import type { Claims } from '@atesto/evidence/advanced';
import type { ApiVersion } from '../../http/api-version.ts';
import type { EndorsementContext } from '../../providers/fetch-endorsements.ts';
import type { Provider } from '../../providers/provider.ts';

/** Whether an operation needs an access token. */
export type TokenRequirement = 'required' | 'optional';

/** Appraisal of one kind of evidence. Functions answer refusals as values; what is thrown ends the request. */
export interface AttestationType<Evidence, Endorsements, Appraisal> {
  /** As in paths and policies: `SgxEnclave`. */
  readonly name: string;
  /** The claim `x-ms-attestation-type`. */
  readonly claim: string;
  /** Below `/attest/`; names compare without regard to case. */
  readonly paths: readonly string[];
  /** Members of the body in which the evidence may stand, the usual one first. */
  readonly evidenceMembers: readonly string[];
  readonly tokenRequirement: (version: ApiVersion) => TokenRequirement;
  /** Parses evidence, once for each call. The result is not trusted. */
  readonly parse: (bytes: Uint8Array) => Outcome<Evidence>;
  /**
   * Gets what the vendor says of the evidence's platform. Throws `Refused`, and the reason of `signal` when that aborts.
   */
  readonly endorse: (evidence: Evidence, provider: Provider, context: EndorsementContext) => Promise<Endorsements>;
  /** Appraises parsed evidence by verified endorsements, at a time. */
  readonly appraise: (
    evidence: Evidence,
    endorsements: Endorsements,
    provider: Provider,
    at: Date,
  ) => Outcome<Appraisal>;
  readonly checkRuntimeData: (appraisal: Appraisal, data: Uint8Array) => Outcome<void>;
  readonly checkInitTimeData: (appraisal: Appraisal, data: Uint8Array, provider: Provider) => Outcome<void>;
  readonly checkBaseline: (appraisal: Appraisal, provider: Provider, at: Date) => Outcome<Appraisal>;
  /** Claims for the token and for the policy. */
  readonly claims: (appraisal: Appraisal) => Claims;
  /** Further claims for the policy alone. */
  readonly incomingClaims: (appraisal: Appraisal) => Claims;
  /** Whether a development root vouches for the evidence. */
  readonly isDevelopment: (appraisal: Appraisal) => boolean;
  /** What is answered in the token's place, where the contract does not answer the bare token. */
  readonly deliver?: (token: string, appraisal: Appraisal) => string;
}
