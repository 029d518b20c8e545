/** Which of AMD's endorsements does a report need? Read from the report and the certificates beside it, before anything is verified. */
import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import { encodePem, parsePemChain } from '../x509/pem.ts';
import { parseEndorsementKeyFacts } from './certificate.ts';
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
  /** PEM: what followed it; empty when nothing did. */
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

function readSupplied(pem: string): SuppliedSnpCertificates {
  const [leaf, ...authorities] = parsePemChain(pem, 'certificates of the evidence');
  if (leaf === undefined) return refuse('chain-length', 'certificates of the evidence', 'there is none');
  const { kind, product } = parseEndorsementKeyFacts(leaf);
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
 * @param certificates PEM that came with the report: VCEK or VLEK certificate, then its authorities if any
 */
export function snpLookupFor(report: SnpReport, certificates?: string): Outcome<SnpLookup> {
  return settle(() => {
    const supplied = certificates === undefined ? undefined : readSupplied(certificates);
    const product = productOf(report, supplied);
    const reportedTcb = parseSnpTcb(report.reportedTcb, product, 'report+384');
    return { signingKey: report.signingKey, product, chipId: report.chipId, reportedTcb, supplied };
  });
}
