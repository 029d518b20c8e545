/** The two revocation lists of Intel's collateral. */
import {
  type IntelCollateral,
  intelListIssuers,
  intelRoots,
  readIntelCollateral,
  type TrustAnchor,
} from '@atesto/evidence/advanced';
import type { ListSlot, RevocableKind } from '../revocation/revocable.ts';
import { nextUpdateOf, verifyIntelOnce } from './verify.ts';

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** What the rule of revocation lists must know of collateral under trusted roots. */
export function revocableCollateral(trustAnchors: readonly TrustAnchor[] | undefined): RevocableKind<IntelCollateral> {
  const anchors = trustAnchors === undefined ? {} : { trustAnchors };
  return {
    slotsOf: (collateral) => {
      const issuers = intelListIssuers(collateral, trustAnchors);
      if (!issuers.ok) return [];
      const slot = (
        issuer: ListSlot<IntelCollateral>['issuer'],
        member: 'rootCaCrl' | 'pckCrl',
      ): ListSlot<IntelCollateral> => ({
        issuer,
        isReplaceable: issuer.lists.some(({ der }) => sameBytes(der, collateral[member])),
        replace: (value, list) => (sameBytes(value[member], list) ? value : { ...value, [member]: list }),
      });
      return [slot(issuers.value.root, 'rootCaCrl'), slot(issuers.value.pckAuthority, 'pckCrl')];
    },
    withFurther: (collateral, furtherRevocationLists) => ({ ...collateral, furtherRevocationLists }),
    nextUpdateOf: (collateral) => {
      const verified = verifyIntelOnce(collateral, trustAnchors ?? intelRoots);
      // Collateral whose own signer is revoked has dates too.
      const signed = verified.ok ? verified : readIntelCollateral(collateral, anchors);
      return signed.ok ? nextUpdateOf(signed.value) : undefined;
    },
  };
}
