/** The revocation list of AMD's endorsements. */
import { type SnpEndorsements, snpListIssuer, type TrustAnchor } from '@atesto/evidence/advanced';
import type { RevocableKind } from '../revocation/revocable.ts';
import { combineLists } from '../revocation/rule.ts';

const isSame = (list: SnpEndorsements['revocationList'], other: Uint8Array): boolean =>
  list !== 'unchecked' && Buffer.compare(list, other) === 0;

/**
 * Endorsements with lists that were given by hand, for a time. One that the ARK did not sign is put in their place, so that the appraisal refuses
 * it; without any, `unchecked`.
 */
export function snpEndorsementsWithLists(
  above: Omit<SnpEndorsements, 'revocationList' | 'furtherRevocationLists'>,
  lists: readonly Uint8Array[],
  at: Date,
  trustAnchors?: readonly TrustAnchor[],
): SnpEndorsements {
  const given = { authorityChain: above.authorityChain, revocationList: 'unchecked' as const };
  const issuer = snpListIssuer({ ...given, furtherRevocationLists: lists }, trustAnchors);
  const genuine = issuer.ok ? issuer.value.lists : [];
  const other = lists.find((list) => !genuine.some(({ der }) => isSame(list, der)));
  const combined = other === undefined ? combineLists(genuine, at) : undefined;
  if (combined === undefined) return { ...above, revocationList: other ?? 'unchecked' };
  const furtherRevocationLists = combined.further.map(({ der }) => der);
  return { ...above, revocationList: combined.dating.der, furtherRevocationLists };
}

/** What the rule of revocation lists must know of endorsements under trusted roots. */
export function revocableSnp(trustAnchors: readonly TrustAnchor[] | undefined): RevocableKind<SnpEndorsements> {
  return {
    slotsOf: (endorsements) => {
      const issuer = snpListIssuer(endorsements, trustAnchors);
      if (!issuer.ok) return [];
      const own = endorsements.revocationList;
      const isReplaceable = own === 'unchecked' || issuer.value.lists.some(({ der }) => isSame(own, der));
      return [
        {
          issuer: issuer.value,
          isReplaceable,
          replace: (value, revocationList) =>
            isSame(value.revocationList, revocationList) ? value : { ...value, revocationList },
        },
      ];
    },
    withFurther: (endorsements, furtherRevocationLists) => ({ ...endorsements, furtherRevocationLists }),
    nextUpdateOf: (endorsements) => {
      const issuer = snpListIssuer(endorsements, trustAnchors);
      const list = issuer.ok
        ? issuer.value.lists.find(({ der }) => isSame(endorsements.revocationList, der))
        : undefined;
      return list === undefined ? undefined : new Date(list.nextUpdate);
    },
  };
}
