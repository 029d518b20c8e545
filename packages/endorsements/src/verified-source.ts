/** Turns sources of unverified endorsements into sources of verified ones, with the freshness of what was verified. */
import type { Outcome } from '@atesto/core';
import {
  amdRoots,
  type EvidenceCode,
  type IntelCollateral,
  intelRoots,
  type SnpEndorsements,
  type TrustAnchor,
  type VerifiedIntelCollateral,
  type VerifiedSnpEndorsements,
} from '@atesto/evidence/advanced';
import type { SnpEndorsementRequest } from './amd/request.ts';
import { verifySnpOnce } from './amd/verify.ts';
import { freshnessAt } from './freshness.ts';
import type { IntelEndorsementRequest } from './intel/request.ts';
import { nextUpdateOf, verifyIntelOnce } from './intel/verify.ts';
import type { EndorsementSource } from './source.ts';

/** Under which roots endorsements are verified, and how long they serve. */
export interface VerifiedSourceOptions {
  /** Default: the vendor's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** How long past its next update a part still serves. Default: 0. */
  readonly graceSeconds?: number;
}

/** A source of Intel's collateral for appraisals. */
export type VerifiedIntelSource = EndorsementSource<IntelEndorsementRequest, VerifiedIntelCollateral>;

/** A source of AMD's endorsements for appraisals. */
export type VerifiedSnpSource = EndorsementSource<SnpEndorsementRequest, VerifiedSnpEndorsements>;

/** A source of verified collateral. Collateral that is not genuine is refused with the code of the evidence package. */
export function createVerifiedIntelSource(
  source: EndorsementSource<IntelEndorsementRequest, IntelCollateral>,
  { trustAnchors = intelRoots, graceSeconds = 0 }: VerifiedSourceOptions = {},
): VerifiedIntelSource {
  return verifiedSource(source, (collateral) => verifyIntelOnce(collateral, trustAnchors), nextUpdateOf, graceSeconds);
}

/** A source of verified endorsements. Endorsements that are not genuine are refused with the code of the evidence package. */
export function createVerifiedSnpSource(
  source: EndorsementSource<SnpEndorsementRequest, SnpEndorsements>,
  { trustAnchors = amdRoots, graceSeconds = 0 }: VerifiedSourceOptions = {},
): VerifiedSnpSource {
  const nextUpdate = ({ revocationList }: VerifiedSnpEndorsements): Date | undefined =>
    revocationList === undefined ? undefined : new Date(revocationList.nextUpdate);
  return verifiedSource(source, (endorsements) => verifySnpOnce(endorsements, trustAnchors), nextUpdate, graceSeconds);
}

function verifiedSource<Request, Value, Verified>(
  source: EndorsementSource<Request, Value>,
  verify: (value: Value) => Outcome<Verified, EvidenceCode>,
  nextUpdate: (verified: Verified) => Date | undefined,
  graceSeconds: number,
): EndorsementSource<Request, Verified> {
  const get: EndorsementSource<Request, Verified>['get'] = async (request, options) => {
    const found = await source.get(request, options);
    if (!found.ok) return found;
    const verified = verify(found.value.collateral);
    if (!verified.ok) return verified;
    const { fetchedAt = options.at, source: from = source.name ?? 'a source' } = found.value.freshness ?? {};
    const dates = { fetchedAt, nextUpdate: nextUpdate(verified.value), source: from };
    return { ok: true, value: { collateral: verified.value, freshness: freshnessAt(dates, options.at, graceSeconds) } };
  };
  return { ...(source.name === undefined ? {} : { name: source.name }), get };
}
