/** Finds the endorsements of one key among the files of a directory: every combination that verifies, with the lists of its root. */
import { Refused } from '@atesto/core';
import { type SnpEndorsements, type SnpProduct, snpListIssuer, type TrustAnchor } from '@atesto/evidence/advanced';
import type { AmdCertificateFile, AmdFileContents } from './bundle-contents.ts';
import { addressedChipId, type SnpEndorsementRequest } from './request.ts';
import { type SnpDates, verifySnpSubject } from './verify.ts';

/** Verified endorsements for one request. */
export interface SnpCandidate extends SnpDates {
  readonly collateral: SnpEndorsements;
}

/** Where to look, and what is not there. */
export interface SnpCandidateOptions {
  /** For refusals. */
  readonly path: string;
  readonly trustAnchors?: readonly TrustAnchor[] | undefined;
  /** Whether endorsements without a list are given, as `unchecked`. */
  readonly mayLackList: boolean;
  /** Refuses: never returns. */
  readonly refuseIncomplete: (what: string) => never;
}

const authorityOf = (signingKey: 'VCEK' | 'VLEK', product: SnpProduct): string =>
  signingKey === 'VCEK' ? `SEV-${product}` : `SEV-VLEK-${product}`;

/** Refuses with the reason of the last combination when none verifies; empty when there is no certificate of the key. */
export function snpCandidates(
  request: SnpEndorsementRequest,
  contents: AmdFileContents,
  options: SnpCandidateOptions,
): readonly SnpCandidate[] {
  const leaves = leavesFor(request, contents.certificates);
  if (leaves.length === 0) return [];
  const found: SnpCandidate[] = [];
  let refused: Refused | undefined;
  for (const collateral of combinations(request, leaves, contents, options)) {
    try {
      found.push({ collateral, ...verifySnpSubject(collateral, request, options.path, options.trustAnchors) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // A certificate of the chip for another TCB version is no fault.
      if (error.refusal.code !== 'endorsements-other-platform') refused = error;
    }
  }
  if (found.length === 0 && refused !== undefined) throw refused;
  return found;
}

/** The best for a time: certificates that are valid then go first, and of these the ones that were issued last. */
export function bestCandidate(candidates: readonly SnpCandidate[], at: Date): SnpCandidate | undefined {
  const isValid = ({ validFrom, validUntil }: SnpCandidate): boolean => validFrom <= at && at <= validUntil;
  const [best] = candidates.toSorted(
    (one, other) =>
      Number(isValid(other)) - Number(isValid(one)) || other.validUntil.getTime() - one.validUntil.getTime(),
  );
  return best;
}

function combinations(
  request: SnpEndorsementRequest,
  leaves: readonly (string | Uint8Array)[],
  { certificates, revocationLists }: AmdFileContents,
  { trustAnchors, mayLackList, refuseIncomplete }: SnpCandidateOptions,
): SnpEndorsements[] {
  const { product, signingKey } = request;
  const [root, authority] = [`ARK-${product}`, authorityOf(signingKey, product)];
  const named = (name: string): AmdCertificateFile[] => certificates.filter(({ commonName }) => commonName === name);
  const chains = named(authority).flatMap((issuer) => named(root).map((ark) => issuer.pem + ark.pem));
  const supplied = 'certificate' in request ? request.authorityChain : undefined;
  if (chains.length === 0 && supplied !== undefined) chains.push(supplied);
  if (chains.length === 0) {
    refuseIncomplete(`the certificate ${named(authority).length === 0 ? authority : root}`);
  }
  const lists = revocationLists.filter((list) => list.includes(root));
  if (lists.length === 0 && !mayLackList) refuseIncomplete(`the revocation list of ${root}`);
  return chains.flatMap((authorityChain) => {
    const listed = { authorityChain, ...genuineFirst(authorityChain, lists, trustAnchors) };
    return leaves.map((certificate) => ({ certificate, ...listed }));
  });
}

/** The genuine lists of the root; where none is, the first, to be refused. Which of them counts is not for the files to say. */
function genuineFirst(
  authorityChain: string,
  lists: readonly Buffer[],
  trustAnchors: readonly TrustAnchor[] | undefined,
): Pick<SnpEndorsements, 'revocationList' | 'furtherRevocationLists'> {
  const issuer = snpListIssuer(
    { authorityChain, revocationList: 'unchecked', furtherRevocationLists: lists },
    trustAnchors,
  );
  const genuine = issuer.ok ? issuer.value.lists.map(({ der }) => der) : [];
  const [revocationList = 'unchecked', ...furtherRevocationLists] = genuine.length > 0 ? genuine : lists.slice(0, 1);
  return { revocationList, furtherRevocationLists };
}

/** The certificates that may be the one of the request. */
function leavesFor(
  request: SnpEndorsementRequest,
  certificates: readonly AmdCertificateFile[],
): readonly (string | Uint8Array)[] {
  if ('certificate' in request) return [request.certificate];
  const chip = Buffer.from(addressedChipId(request), 'hex');
  return certificates
    .filter(({ commonName, der }) => commonName === 'SEV-VCEK' && der.includes(chip))
    .map(({ der }) => der);
}
