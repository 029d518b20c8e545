/** Who issued the revocation lists of Intel's collateral, whatever becomes of the rest of it. */
import { settle } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import { intelRoots, type TrustAnchor } from '../roots.ts';
import { type VerifiedChain, verifyChain } from '../x509/chain.ts';
import { type ListIssuer, listIssuer } from '../x509/list-issuer.ts';
import { parsePemChain } from '../x509/pem.ts';
import type { IntelCollateral } from './collateral.ts';

/** The issuers of both lists of a set. A list of its own that is not genuine is not among `lists`. */
export interface IntelListIssuers {
  readonly root: ListIssuer;
  readonly pckAuthority: ListIssuer;
}

/**
 * Reads the lists of collateral whose PCK authority leads to a trusted root. Neither the signed bodies nor whether anything is revoked is looked
 * at: a list must count although it revokes what it came with.
 */
export function intelListIssuers(
  collateral: IntelCollateral,
  anchors: readonly TrustAnchor[] = intelRoots,
): Outcome<IntelListIssuers> {
  return settle(() => {
    const { pckCrlIssuerChain, rootCaCrl, pckCrl, furtherRevocationLists: further = [] } = collateral;
    const chain: VerifiedChain = verifyChain(parsePemChain(pckCrlIssuerChain, 'pck_crl_issuer_chain'), {
      length: 2,
      anchors,
    });
    return {
      root: listIssuer(chain.root, [rootCaCrl, ...further]),
      pckAuthority: listIssuer(chain.leaf, [pckCrl, ...further]),
    };
  });
}
