/** Determines which of AMD's endorsements a report needs, from the report and its certificates, before anything is verified. */
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { encodePem, parsePemChain } from '../x509/pem.ts';
import { endorsementKeyKind, parseEndorsementKeyFacts } from './certificate.ts';
import type { SevSnpCode } from './codes.ts';
import type { SigningKey } from './layout.ts';
import { parseSnpTcb, productOfCpuId, type SnpProduct, type SnpTcb } from './product.ts';
import type { SnpReport } from './report.ts';

/** Certificates that came with a report. */
export interface SuppliedSnpCertificates {
  /** PEM: the VCEK or VLEK certificate. */
  readonly certificate: string;
  readonly kind: SigningKey;
  readonly product: SnpProduct;
  /** PEM: those beside it that stand above it by their names; empty when none does. */
  readonly authorityChain: string;
}

/** What to ask for. The appraisal compares all of it with what then comes. */
export interface SnpLookup {
  readonly signingKey: SigningKey;
  readonly product: SnpProduct;
  /** 64 bytes; zero when the report hides its chip. */
  readonly chipId: Uint8Array;
  readonly reportedTcb: SnpTcb;
  readonly supplied: SuppliedSnpCertificates | undefined;
}

/** AMD's chains have two authorities. */
const mostAuthorities = 2;

/** What stands above a certificate by the names of issuers: whether they signed is for the appraisal. */
function authoritiesAbove(leaf: Certificate, others: readonly Certificate[]): Certificate[] {
  const authorities: Certificate[] = [];
  let below = leaf;
  while (authorities.length < mostAuthorities) {
    const above = others.find(({ subject }) => Buffer.compare(subject, below.issuer) === 0);
    if (above === undefined) break;
    authorities.push(above);
    below = above;
  }
  return authorities;
}

/**
 * The certificate of the kind of key that signed the report, with what stands above it: hosts that have certificates of both kinds send both.
 * Where none is of that kind, the first stands for what was sent, and the appraisal says what is wrong with it.
 */
function readSupplied(pem: string, signingKey: SigningKey): SuppliedSnpCertificates {
  const certificates = parsePemChain(pem, 'certificates of the evidence');
  const leaf = certificates.find((certificate) => endorsementKeyKind(certificate) === signingKey) ?? certificates[0];
  if (leaf === undefined) return refuse('chain-length', 'certificates of the evidence', 'there is none');
  const { kind, product } = parseEndorsementKeyFacts(leaf);
  const authorities = authoritiesAbove(
    leaf,
    certificates.filter((certificate) => certificate !== leaf),
  );
  return {
    certificate: encodePem(leaf),
    kind,
    product,
    authorityChain: authorities.map((authority) => encodePem(authority)).join(''),
  };
}

function productOf(report: SnpReport, supplied: SuppliedSnpCertificates | undefined): SnpProduct {
  if (report.cpuId !== undefined) return productOfCpuId(report.cpuId);
  const code: SevSnpCode = 'snp-product-unknown';
  const why = `reports of version ${report.version} do not name the product; send the certificate of the key with it`;
  return supplied?.product ?? refuse(code, 'report+0', why);
}

/**
 * Reads what a report needs.
 * @param certificates PEM that came with the report, in any order: VCEK or VLEK certificate or both, and authorities if any
 */
export function snpLookupFor(report: SnpReport, certificates?: string): Outcome<SnpLookup> {
  return settle(() => {
    const supplied = certificates === undefined ? undefined : readSupplied(certificates, report.signingKey);
    const product = productOf(report, supplied);
    const reportedTcb = parseSnpTcb(report.reportedTcb, product, 'report+384');
    return { signingKey: report.signingKey, product, chipId: report.chipId, reportedTcb, supplied };
  });
}

/** The kind of endorsement key that a certificate names. @param der of the certificate */
export function snpKeyKindOf(der: Uint8Array): Outcome<SigningKey | undefined> {
  return settle(() => endorsementKeyKind(parseCertificate(der, 'certificate')));
}
