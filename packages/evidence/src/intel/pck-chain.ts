/** Finds, verifies and reads the PCK certificate that certifies a quote's platform. */
import { refuse } from '../bytes/refusal.ts';
import type { TrustAnchor } from '../roots.ts';
import { type VerifiedChain, verifyChain } from '../x509/chain.ts';
import { allowsUsage } from '../x509/extensions.ts';
import { parsePemChain } from '../x509/pem.ts';
import { checkNotRevoked } from '../x509/revocation.ts';
import type { CertificationData, PckCertificateId } from './certification-data.ts';
import type { MemoKey, VerificationMemo } from './memo.ts';
import { type PckFacts, parsePckFacts } from './pck.ts';
import type { PreparedIntelCollateral } from './prepare.ts';

/** A PCK chain whose signatures hold, and what it certifies. */
export class VerifiedPck {
  readonly chain: VerifiedChain;
  readonly facts: PckFacts;

  constructor(chain: VerifiedChain, facts: PckFacts) {
    this.chain = chain;
    this.facts = facts;
  }
}

const leafName = 'SGX PCK Certificate';
const authorityNames = ['Intel SGX PCK Platform CA', 'Intel SGX PCK Processor CA'];
const rootName = 'Intel SGX Root CA';

/** The PEM chain of the quote, or the one that the endorsements supply. */
function chainPem(certification: CertificationData, collateral: PreparedIntelCollateral): string {
  if (certification.type === 5) return certification.chainPem;
  if (certification.type === 4) return `${certification.leafPem}\n${collateral.pckAuthorityPem}`;
  return (
    collateral.pckCertificateChain ??
    refuse(
      'pck-certificate-missing',
      'quote',
      `certification data type ${certification.type} needs a PCK certificate from the endorsements`,
    )
  );
}

function checkNames(chain: VerifiedChain): void {
  const { leaf, issuer, root } = chain;
  if (
    !leaf.commonName.includes(leafName) ||
    !authorityNames.includes(issuer.commonName) ||
    root.commonName !== rootName
  ) {
    refuse(
      'pck-certificate-name',
      leaf.commonName,
      `the chain is ${leaf.commonName}, ${issuer.commonName}, ${root.commonName}`,
    );
  }
}

/** Verifies a PCK chain in PEM, leaf first, up to an anchor; independent of time. */
export function verifyPckChain(pem: string, anchors: readonly TrustAnchor[]): VerifiedPck {
  const chain = verifyChain(parsePemChain(pem, 'PCK chain'), { length: 3, anchors });
  checkNames(chain);
  if (!allowsUsage(chain.leaf.extensions, 'digitalSignature', chain.leaf.commonName)) {
    refuse('chain-key-usage', chain.leaf.commonName, 'the key usage does not allow signatures');
  }
  return new VerifiedPck(chain, parsePckFacts(chain.leaf));
}

const verifiedPck: MemoKey<VerifiedPck> = {
  name: 'PCK chain',
  is: (value): value is VerifiedPck => value instanceof VerifiedPck,
};

/** A looked-up certificate must be for the platform that the quote names. */
function checkSuppliedCertificate(id: PckCertificateId, { facts }: VerifiedPck): void {
  const pceId = id.pceId === undefined ? facts.pceId : Buffer.from(id.pceId).toString('hex');
  if (!id.ppidEncrypted && Buffer.compare(id.ppid, facts.ppid) !== 0) {
    refuse('pck-certificate-platform', 'PPID', 'the supplied PCK certificate is for another platform');
  }
  if (pceId !== facts.pceId) {
    refuse('pck-certificate-platform', 'PCEID', `the quote names PCEID ${pceId}, the certificate ${facts.pceId}`);
  }
  if (facts.pceSvn > id.pceSvn) {
    refuse(
      'pck-certificate-platform',
      'PCESVN',
      `the certificate is for PCESVN ${facts.pceSvn}, the platform has ${id.pceSvn}`,
    );
  }
}

/** The list must be of the authority that issued the leaf: the same name and the same key. */
function checkRevocation({ chain }: VerifiedPck, collateral: PreparedIntelCollateral): void {
  checkNotRevoked(chain.issuer, collateral.rootCrl);
  if (collateral.pckAuthorityChain.leaf.spkiSha256 !== chain.issuer.spkiSha256) {
    refuse(
      'crl-issuer',
      'pck_crl',
      `the list is of ${collateral.pckAuthorityChain.leaf.commonName}, the certificate of ${chain.issuer.commonName}`,
    );
  }
  checkNotRevoked(chain.leaf, collateral.pckCrl);
}

/** Finds and verifies the PCK certificate of a quote; dates are left to the caller. */
export function verifyPck(
  certification: CertificationData,
  collateral: PreparedIntelCollateral,
  memo: VerificationMemo | undefined,
): VerifiedPck {
  const pem = chainPem(certification, collateral);
  const compute = (): VerifiedPck => verifyPckChain(pem, collateral.anchors);
  const anchorKeys = collateral.anchors.map(({ spkiSha256 }) => spkiSha256).join();
  const pck = memo === undefined ? compute() : memo.remember(verifiedPck, `${anchorKeys}\u0000${pem}`, compute);
  if (certification.type < 4 && 'id' in certification) checkSuppliedCertificate(certification.id, pck);
  checkRevocation(pck, collateral);
  return pck;
}
