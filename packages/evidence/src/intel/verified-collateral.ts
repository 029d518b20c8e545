/**
 * Verifies what Intel signed about one platform family: turns it from what a source sent into what an appraisal accepts. The result holds for
 * every quote and every time; each appraisal compares the dates.
 */
import { ConfigurationError, settle } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import { checkVerificationOptions, type VerificationOptions } from '../trust-anchors.ts';
import { checkNotRevoked } from '../x509/revocation.ts';
import { checkIntelCollateral, type IntelCollateral } from './collateral.ts';
import { type SignedIntelCollateral, verifySignatures } from './signed-collateral.ts';

/** Known to this module alone, so that nobody else makes what passes for verified. */
const own: unique symbol = Symbol('verifyIntelCollateral');
const expected = 'collateral that verifyIntelCollateral returned, itself: a copy is not verified';

/**
 * Collateral whose signatures hold, and whose authorities and signers are not revoked. Dates are judged by each appraisal. Only
 * {@link verifyIntelCollateral} makes it; it cannot be changed, and no copy of it is accepted.
 */
export class VerifiedIntelCollateral implements SignedIntelCollateral {
  readonly #signed: SignedIntelCollateral;

  /** Throws `ConfigurationError` for everyone but {@link verifyIntelCollateral}. */
  constructor(signed: SignedIntelCollateral, maker: typeof own) {
    if (maker !== own) throw new ConfigurationError('collateral', expected);
    this.#signed = signed;
    Object.freeze(this);
  }

  /** Whether a value is verified collateral itself, neither a copy nor an imitation. */
  static is(value: unknown): value is VerifiedIntelCollateral {
    return typeof value === 'object' && value !== null && #signed in value;
  }

  /** What the TCB info says. */
  get tcbInfo(): SignedIntelCollateral['tcbInfo'] {
    return this.#signed.tcbInfo;
  }

  /** What the identity of the quoting enclave says. */
  get qeIdentity(): SignedIntelCollateral['qeIdentity'] {
    return this.#signed.qeIdentity;
  }

  /** With what further lists of the root revoke. */
  get rootCrl(): SignedIntelCollateral['rootCrl'] {
    return this.#signed.rootCrl;
  }

  /** With what further lists of the PCK authority revoke. */
  get pckCrl(): SignedIntelCollateral['pckCrl'] {
    return this.#signed.pckCrl;
  }

  /** The authority that issued the PCK certificates of the list, then the root. */
  get pckAuthorityChain(): SignedIntelCollateral['pckAuthorityChain'] {
    return this.#signed.pckAuthorityChain;
  }

  /** Who signed the TCB info. */
  get tcbInfoChain(): SignedIntelCollateral['tcbInfoChain'] {
    return this.#signed.tcbInfoChain;
  }

  /** Who signed the identity of the quoting enclave. */
  get qeIdentityChain(): SignedIntelCollateral['qeIdentityChain'] {
    return this.#signed.qeIdentityChain;
  }

  /** The roots under which it was verified. */
  get anchors(): SignedIntelCollateral['anchors'] {
    return this.#signed.anchors;
  }

  /** PEM of a PCK chain that the quote does not carry. */
  get pckCertificateChain(): SignedIntelCollateral['pckCertificateChain'] {
    return this.#signed.pckCertificateChain;
  }

  /** PEM of the PCK authority and the root. */
  get pckAuthorityPem(): SignedIntelCollateral['pckAuthorityPem'] {
    return this.#signed.pckAuthorityPem;
  }

  /** Dates of each part. */
  get dates(): SignedIntelCollateral['dates'] {
    return this.#signed.dates;
  }

  /** SHA-256 of each part. */
  get hashes(): SignedIntelCollateral['hashes'] {
    return this.#signed.hashes;
  }

  /** Whether a development root vouches for any part. */
  get developmentRoot(): SignedIntelCollateral['developmentRoot'] {
    return this.#signed.developmentRoot;
  }
}

/** Throws `ConfigurationError` for anything but verified collateral itself. */
export function checkVerified(collateral: VerifiedIntelCollateral): void {
  if (!VerifiedIntelCollateral.is(collateral)) throw new ConfigurationError('collateral', expected);
}

function checkSignersNotRevoked({ rootCrl, ...chains }: SignedIntelCollateral): void {
  for (const { leaf } of [chains.tcbInfoChain, chains.qeIdentityChain, chains.pckAuthorityChain]) {
    checkNotRevoked(leaf, rootCrl);
  }
}

/** Parses and verifies collateral under the trust anchors; independent of time. Throws `ConfigurationError` for unknown or invalid options. */
export function verifyIntelCollateral(
  collateral: IntelCollateral,
  options: VerificationOptions = {},
): Outcome<VerifiedIntelCollateral> {
  checkIntelCollateral(collateral, 'collateral');
  checkVerificationOptions(options);
  return settle(() => {
    const signed = verifySignatures(collateral, options);
    checkSignersNotRevoked(signed);
    return new VerifiedIntelCollateral(signed, own);
  });
}
