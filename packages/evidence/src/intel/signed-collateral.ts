/** Verifies the signatures of what Intel signed about one platform family. */

import { createHash, verify } from 'node:crypto';
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { frozenAnchors, intelRoots, type TrustAnchor } from '../roots.ts';
import { checkVerificationOptions, type VerificationOptions } from '../trust-anchors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type VerifiedChain, verifyChain } from '../x509/chain.ts';
import { allowsUsage } from '../x509/extensions.ts';
import { parsePemChain } from '../x509/pem.ts';
import {
  listsOfAuthority,
  parseRevocationList,
  type RevocationList,
  verifyRevocationList,
  withFurtherLists,
} from '../x509/revocation.ts';
import { checkIntelCollateral, type IntelCollateral, type IntelCollateralPart } from './collateral.ts';
import { parseQeIdentity, type QeIdentity } from './qe-identity.ts';
import { parseTcbInfo, type TcbInfo } from './tcb-info.ts';

const rootName = 'Intel SGX Root CA';
const signingName = 'Intel SGX TCB Signing';
const authorityNames = ['Intel SGX PCK Platform CA', 'Intel SGX PCK Processor CA'];

/** SHA-256 of the bytes used, lower-case hex: what a token says of its collateral. */
export interface CollateralHashes {
  readonly qeIdentityIssuerChain: string;
  readonly qeIdentity: string;
  readonly tcbInfoIssuerChain: string;
  readonly tcbInfo: string;
  readonly rootCaCrl: string;
  readonly pckCrl: string;
}

/** Dates of one part, milliseconds since 1970. */
export interface CollateralDates {
  readonly issued: number;
  readonly nextUpdate: number;
}

/** Collateral whose signatures hold under a trusted root. Whether one of its certificates is revoked has not been checked. */
export interface SignedIntelCollateral {
  readonly tcbInfo: TcbInfo;
  readonly qeIdentity: QeIdentity;
  /** Each with what further lists of its authority revoke. */
  readonly rootCrl: RevocationList;
  readonly pckCrl: RevocationList;
  /** The authority that issued the PCK certificates of the list, then the root. */
  readonly pckAuthorityChain: VerifiedChain;
  readonly tcbInfoChain: VerifiedChain;
  readonly qeIdentityChain: VerifiedChain;
  readonly anchors: readonly TrustAnchor[];
  /** PEM of a PCK chain that the quote does not carry. */
  readonly pckCertificateChain: string | undefined;
  readonly pckAuthorityPem: string;
  readonly dates: Readonly<Record<IntelCollateralPart, CollateralDates>>;
  readonly hashes: CollateralHashes;
  readonly developmentRoot: boolean;
}

function verifyIssuerChain(
  pem: string,
  names: readonly string[],
  label: string,
  anchors: readonly TrustAnchor[],
): VerifiedChain {
  const chain = verifyChain(parsePemChain(pem, label), { length: 2, anchors });
  if (!names.includes(chain.leaf.commonName) || chain.root.commonName !== rootName) {
    refuse(
      'collateral-name',
      label,
      `the chain is ${chain.leaf.commonName}, ${chain.root.commonName}, not ${names.join(' or ')}, ${rootName}`,
    );
  }
  return chain;
}

/** Of several trusted roots, one must stand above everything: its revocation list says nothing about another's certificates. */
export function checkRoot({ leaf, root }: VerifiedChain, expected: Certificate): void {
  if (root.spkiSha256 !== expected.spkiSha256) {
    refuse('crl-issuer', 'root_ca_crl', `the list is of another root than the one above ${leaf.commonName}`);
  }
}

function checkBodySignature(body: Uint8Array, signature: Uint8Array, chain: VerifiedChain, label: string): void {
  if (!allowsUsage(chain.leaf.extensions, 'digitalSignature', chain.leaf.commonName)) {
    refuse('chain-key-usage', chain.leaf.commonName, 'the key usage does not allow signatures');
  }
  const key = { key: chain.leaf.publicKey, dsaEncoding: 'ieee-p1363' as const };
  if (signature.length !== 64 || !verify('sha256', body, key, signature)) {
    refuse('collateral-signature', label, `${chain.leaf.commonName} did not sign these bytes`);
  }
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function hashParts(collateral: IntelCollateral): CollateralHashes {
  return {
    qeIdentityIssuerChain: sha256(collateral.qeIdentityIssuerChain),
    qeIdentity: sha256(collateral.qeIdentity),
    tcbInfoIssuerChain: sha256(collateral.tcbInfoIssuerChain),
    tcbInfo: sha256(collateral.tcbInfo),
    rootCaCrl: sha256(collateral.rootCaCrl),
    pckCrl: sha256(collateral.pckCrl),
  };
}

const datesOfList = (list: RevocationList): CollateralDates => ({
  issued: list.thisUpdate,
  nextUpdate: list.nextUpdate,
});
const datesOfBody = (body: TcbInfo | QeIdentity): CollateralDates => ({
  issued: body.issueDate,
  nextUpdate: body.nextUpdate,
});

/** Parses collateral and verifies its signatures; refuses by throwing within this package. */
export function verifySignatures(
  collateral: IntelCollateral,
  { trustAnchors = intelRoots }: VerificationOptions,
): SignedIntelCollateral {
  // Quotes are held to them later, whatever becomes of the caller's list.
  const anchors = frozenAnchors(trustAnchors);
  const tcbInfoChain = verifyIssuerChain(
    collateral.tcbInfoIssuerChain,
    [signingName],
    'tcb_info_issuer_chain',
    anchors,
  );
  const qeIdentityChain = verifyIssuerChain(
    collateral.qeIdentityIssuerChain,
    [signingName],
    'qe_identity_issuer_chain',
    anchors,
  );
  const pckAuthorityChain = verifyIssuerChain(
    collateral.pckCrlIssuerChain,
    authorityNames,
    'pck_crl_issuer_chain',
    anchors,
  );
  const listOf = (der: Uint8Array, authority: Certificate, name: string): RevocationList => {
    const list = parseRevocationList(der, name);
    verifyRevocationList(list, authority, name);
    return withFurtherLists(list, listsOfAuthority(collateral.furtherRevocationLists ?? [], authority, name));
  };
  const rootCrl = listOf(collateral.rootCaCrl, tcbInfoChain.root, 'root_ca_crl');
  const pckCrl = listOf(collateral.pckCrl, pckAuthorityChain.leaf, 'pck_crl');
  for (const chain of [tcbInfoChain, qeIdentityChain, pckAuthorityChain]) checkRoot(chain, tcbInfoChain.root);
  checkBodySignature(collateral.tcbInfo, collateral.tcbInfoSignature, tcbInfoChain, 'tcb_info');
  checkBodySignature(collateral.qeIdentity, collateral.qeIdentitySignature, qeIdentityChain, 'qe_identity');
  const tcbInfo = parseTcbInfo(collateral.tcbInfo);
  const qeIdentity = parseQeIdentity(collateral.qeIdentity);
  return {
    tcbInfo,
    qeIdentity,
    rootCrl,
    pckCrl,
    pckAuthorityChain,
    tcbInfoChain,
    qeIdentityChain,
    anchors,
    pckCertificateChain: collateral.pckCertificateChain,
    pckAuthorityPem: collateral.pckCrlIssuerChain,
    dates: {
      root_ca_crl: datesOfList(rootCrl),
      pck_crl: datesOfList(pckCrl),
      tcb_info: datesOfBody(tcbInfo),
      qe_identity: datesOfBody(qeIdentity),
    },
    hashes: hashParts(collateral),
    developmentRoot: [tcbInfoChain, qeIdentityChain, pckAuthorityChain].some(({ anchor }) => anchor.development),
  };
}

/**
 * Parses collateral and verifies its signatures under the trust anchors: enough to compare the dates of collateral, not to appraise by it.
 * Collateral whose own list revokes one of its signers passes too.
 */
export function readIntelCollateral(
  collateral: IntelCollateral,
  options: VerificationOptions = {},
): Outcome<SignedIntelCollateral> {
  checkIntelCollateral(collateral, 'collateral');
  checkVerificationOptions(options);
  return settle(() => verifySignatures(collateral, options));
}
