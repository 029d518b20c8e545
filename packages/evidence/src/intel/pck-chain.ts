/** Finds, verifies and reads the PCK certificate that certifies a quote's platform. */
import { refuse } from '../outcome.ts';
import type { TrustAnchor } from '../roots.ts';
import { type VerifiedChain, verifyChain } from '../x509/chain.ts';
import { allowsUsage } from '../x509/extensions.ts';
import { parsePemChain } from '../x509/pem.ts';
import { checkNotRevoked } from '../x509/revocation.ts';
import type { CertificationData, PckCertificateId } from './certification-data.ts';
import { type PckFacts, parsePckFacts } from './pck.ts';
import { checkRoot } from './signed-collateral.ts';
import type { CachedComputation, VerificationCache } from './verification-cache.ts';
import type { VerifiedIntelCollateral } from './verified-collateral.ts';

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
function chainPem(certification: CertificationData, collateral: VerifiedIntelCollateral): string {
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

const verifiedPck: CachedComputation<VerifiedPck> = {
  name: 'PCK chain',
  is: (value): value is VerifiedPck => value instanceof VerifiedPck,
};

function refusePlatform(field: string, quoted: string | number, certified: string | number): never {
  refuse(
    'pck-certificate-platform',
    field,
    `the quote names ${field} ${quoted}, the supplied PCK certificate is for ${certified}`,
  );
}

/** A looked-up certificate must be for the platform that the quote names, and for the TCB under which it signed. */
function checkSuppliedCertificate(id: PckCertificateId, { facts }: VerifiedPck): void {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  // An encrypted PPID can be read by Intel alone; the signature of the QE report binds the platform all the same.
  if (!id.ppidEncrypted && hex(id.ppid) !== hex(facts.ppid)) refusePlatform('PPID', hex(id.ppid), hex(facts.ppid));
  if (hex(id.cpuSvn) !== hex(facts.cpuSvn)) refusePlatform('CPUSVN', hex(id.cpuSvn), hex(facts.cpuSvn));
  if (id.pceSvn !== facts.pceSvn) refusePlatform('PCESVN', id.pceSvn, facts.pceSvn);
  if (id.pceId !== undefined && hex(id.pceId) !== facts.pceId) refusePlatform('PCEID', hex(id.pceId), facts.pceId);
}

/** The list must be of the authority that issued the leaf: the same name and the same key. */
function checkRevocation({ chain }: VerifiedPck, collateral: VerifiedIntelCollateral): void {
  checkRoot(chain, collateral.tcbInfoChain.root);
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
  collateral: VerifiedIntelCollateral,
  cache: VerificationCache | undefined,
): VerifiedPck {
  const pem = chainPem(certification, collateral);
  const compute = (): VerifiedPck => verifyPckChain(pem, collateral.anchors);
  const anchors = JSON.stringify(collateral.anchors);
  const pck = cache === undefined ? compute() : cache.getOrCompute(verifiedPck, `${anchors}\u0000${pem}`, compute);
  if (certification.type < 4 && 'id' in certification) checkSuppliedCertificate(certification.id, pck);
  checkRevocation(pck, collateral);
  return pck;
}
