/**
 * The expectations of a relying party. Each is a decision: `'any'` accepts every value, and a missing decision is refused when the
 * verifier is created, except for the two with a safe default.
 */
import type { Claims, ClaimValue } from '../token/claims.ts';

/** One value, one of several, or any. */
export type OneOf<Value> = Value | readonly Value[] | 'any';

/** The nonce that the relying party gave to the attester. */
export type NonceExpectation = 'any' | { readonly equals: string | number | bigint };

/** The data that the attester bound to its evidence. */
export type RuntimeDataExpectation =
  | 'any'
  /** Binary runtime data: exactly these bytes. */
  | { readonly bytes: Uint8Array }
  /** JSON runtime data: exactly this object, given as its text (UTF-8) or as a value, in any order of members. */
  | { readonly json: string | Uint8Array | Claims }
  /** A public key, as JWK, among the runtime data: itself, its `jwk`, or one of its `keys`. */
  | { readonly key: PublicJwk };

/** A public key as JSON Web Key; only the members of the key itself are compared. */
export interface PublicJwk {
  readonly kty?: string;
  readonly [member: string]: unknown;
}

/** Expectations of every environment. */
export interface CommonExpectations {
  /** `x-ms-policy-hash`: base64url, 43 characters. */
  readonly policyHash: OneOf<string>;
  readonly nonce: NonceExpectation;
  readonly runtimeData: RuntimeDataExpectation;
  /** Default `false`: refuses an environment that can be debugged, or whose token does not say. */
  readonly debuggable?: false | 'any';
  /** Default `false`: refuses evidence under a development root. */
  readonly developmentRoot?: false | 'any';
  /** Additional claims by name, each with exactly this value. Default: none. */
  readonly claims?: Readonly<Record<string, ClaimValue>>;
}

/** An SGX enclave; `OpenEnclave` evidence leads to the same tokens. */
export interface SgxExpectations extends CommonExpectations {
  readonly attestationType: 'SgxEnclave';
  /** Hash of the signer's key: hex, 64 characters. */
  readonly mrSigner: OneOf<string>;
  /** Hash of the enclave's code: hex, 64 characters. */
  readonly mrEnclave: OneOf<string>;
  /** ISVPRODID, 0 to 65535. */
  readonly productId: OneOf<number>;
  /** Minimum ISVSVN, 0 to 65535. */
  readonly minimumSvn: number | 'any';
}

/** An AMD SEV-SNP virtual machine. */
export interface SevSnpExpectations extends CommonExpectations {
  readonly attestationType: 'SevSnpVm';
  /** MEASUREMENT: hex, 96 characters. */
  readonly launchMeasurement: OneOf<string>;
  /** Minimum GUEST_SVN. */
  readonly minimumGuestSvn: number | 'any';
}

/** An Intel TDX trust domain. */
export interface TdxExpectations extends CommonExpectations {
  readonly attestationType: 'TdxVm';
  /** MRTD: hex, 96 characters. */
  readonly mrTd: OneOf<string>;
}

/** An Azure confidential VM. */
export interface AzureGuestExpectations extends CommonExpectations {
  readonly attestationType: 'AzureGuest';
  /**
   * Claims of its hardware, below `x-ms-isolation-tee`, each with exactly this value: `x-ms-compliance-status`,
   * `x-ms-sevsnpvm-migration-allowed` … Default: none.
   */
  readonly isolationClaims?: Readonly<Record<string, ClaimValue>>;
}

/** Any other environment, identified by `claims`. */
export interface OtherExpectations extends CommonExpectations {
  readonly attestationType: 'Tpm' | 'VbsEnclave' | 'any';
}

/** The expectations of a relying party, by attestation type. */
export type Expectations =
  | SgxExpectations
  | SevSnpExpectations
  | TdxExpectations
  | AzureGuestExpectations
  | OtherExpectations;

/** Expectations that may differ from token to token. */
export type TokenExpectations = Partial<Pick<CommonExpectations, 'nonce' | 'runtimeData'>>;
