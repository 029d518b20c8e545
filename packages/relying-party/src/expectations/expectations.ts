/**
 * What a relying party wants of an environment. Every expectation is a decision: what is not wanted is said by `'any'`, and what
 * is left out is refused when the verifier is created, except the two that have a safe default.
 */
import type { ClaimValue } from '../token/claims.ts';

/** One value, one of several, or whatever the token says. */
export type OneOf<Value> = Value | readonly Value[] | 'any';

/** The nonce that the caller gave to the attester. */
export type NonceExpectation = 'any' | { readonly equals: string | number | bigint };

/** The data that the attester bound to its evidence. */
export type RuntimeDataExpectation =
  | 'any'
  /** Binary runtime data: exactly these bytes. */
  | { readonly bytes: Uint8Array }
  /** JSON runtime data: exactly this value, whatever the order of its members. */
  | { readonly json: ClaimValue }
  /** A public key, as JWK, among the runtime data: itself, its `jwk`, or one of its `keys`. */
  | { readonly key: PublicJwk };

/** A public key as JSON Web Key; only the members that make the key are compared. */
export interface PublicJwk {
  readonly kty?: string;
  readonly [member: string]: unknown;
}

/** What can be expected of every environment. */
export interface CommonExpectations {
  /** `x-ms-policy-hash`: base64url, 43 characters. */
  readonly policyHash: OneOf<string>;
  readonly nonce: NonceExpectation;
  readonly runtimeData: RuntimeDataExpectation;
  /** Default `false`: an environment that can be debugged, or does not tell, is refused. */
  readonly debuggable?: false | 'any';
  /** Default `false`: evidence that a development root vouches for is refused. */
  readonly developmentRoot?: false | 'any';
  /** Further claims by name, each with exactly this value. Default: none. */
  readonly claims?: Readonly<Record<string, ClaimValue>>;
}

/** An SGX enclave. */
export interface SgxExpectations extends CommonExpectations {
  readonly attestationType: 'sgx';
  /** Hash of the signer's key: hex, 64 characters. */
  readonly mrSigner: OneOf<string>;
  /** Hash of the enclave's code: hex, 64 characters. */
  readonly mrEnclave: OneOf<string>;
  /** ISVPRODID, 0 to 65535. */
  readonly productId: OneOf<number>;
  /** Least ISVSVN, 0 to 65535. */
  readonly minimumSvn: number | 'any';
}

/** An AMD SEV-SNP virtual machine. */
export interface SevSnpExpectations extends CommonExpectations {
  readonly attestationType: 'sevsnpvm';
  /** MEASUREMENT: hex, 96 characters. */
  readonly launchMeasurement: OneOf<string>;
  /** Least GUEST_SVN. */
  readonly minimumGuestSvn: number | 'any';
}

/** An Intel TDX trust domain. */
export interface TdxExpectations extends CommonExpectations {
  readonly attestationType: 'tdxvm';
  /** MRTD: hex, 96 characters. */
  readonly mrTd: OneOf<string>;
}

/** An Azure confidential VM. */
export interface AzureVmExpectations extends CommonExpectations {
  readonly attestationType: 'azurevm';
  /**
   * Claims of its hardware, below `x-ms-isolation-tee`, each with exactly this value: `x-ms-compliance-status`,
   * `x-ms-sevsnpvm-migration-allowed` … Default: none.
   */
  readonly isolationClaims?: Readonly<Record<string, ClaimValue>>;
}

/** Any other environment; what makes it the wanted one stands in `claims`. */
export interface OtherExpectations extends CommonExpectations {
  readonly attestationType: 'tpm' | 'vbs' | 'any';
}

/** What a relying party wants. */
export type Expectations =
  | SgxExpectations
  | SevSnpExpectations
  | TdxExpectations
  | AzureVmExpectations
  | OtherExpectations;

/** Expectations that can differ from token to token. */
export type TokenExpectations = Partial<Pick<CommonExpectations, 'nonce' | 'runtimeData'>>;
