/**
 * What AMD certified of an endorsement key: the chip or the provider, and the TCB version it is derived for.
 * Source: AMD 57230, VCEK Certificate and KDS Interface Specification, tables of the X.509 extensions.
 */
import { refuse } from '../outcome.ts';
import type { Certificate } from '../x509/certificate.ts';
import { DerReader, tags } from '../x509/der.ts';
import type { SevSnpCode } from './codes.ts';
import type { SigningKey } from './layout.ts';
import { type SnpProduct, type SnpTcb, snpProducts } from './product.ts';

const arc = '1.3.6.1.4.1.3704.1';
const oids = {
  productName: `${arc}.2`,
  bootLoader: `${arc}.3.1`,
  tee: `${arc}.3.2`,
  snp: `${arc}.3.3`,
  microcode: `${arc}.3.8`,
  fmc: `${arc}.3.9`,
  hardwareId: `${arc}.4`,
  cspId: `${arc}.5`,
} as const;

/** Bytes; the shorter one is Turin's. */
const chipIdSizes: readonly number[] = [8, 64];

/** The AMD extensions of a VCEK or VLEK certificate. */
export interface EndorsementKeyFacts {
  readonly kind: SigningKey;
  readonly product: SnpProduct;
  readonly tcb: SnpTcb;
  /** VCEK: the chip's id, 64 bytes, or 8 on Turin. */
  readonly hardwareId: Uint8Array | undefined;
  /** VLEK: the cloud provider that AMD loaded the key for. */
  readonly cspId: string | undefined;
}

function refuseExtension(code: SevSnpCode, certificate: Certificate, why: string): never {
  refuse(code, certificate.commonName, why);
}

function extensionValue(certificate: Certificate, oid: string): Uint8Array {
  const extension = certificate.extensions.get(oid);
  if (extension === undefined) {
    return refuseExtension('snp-certificate-extension', certificate, `extension ${oid} is missing`);
  }
  return extension.value;
}

function patchLevel(certificate: Certificate, oid: string): number {
  const reader = new DerReader(extensionValue(certificate, oid), `${certificate.commonName} ${oid}`);
  const level = reader.smallInteger();
  reader.end();
  if (level > 255) refuseExtension('snp-certificate-extension', certificate, `the patch level of ${oid} is above 255`);
  return level;
}

function ia5String(certificate: Certificate, oid: string): string {
  const reader = new DerReader(extensionValue(certificate, oid), `${certificate.commonName} ${oid}`);
  const text = Buffer.from(reader.expect(tags.ia5String).contents).toString('latin1');
  reader.end();
  return text;
}

/** AMD's certificates have had the id as it is; the tables, and certificates of a later form, have it in an OCTET STRING. */
function hardwareId(certificate: Certificate): Uint8Array {
  const value = extensionValue(certificate, oids.hardwareId);
  if (value[0] !== tags.octetString || chipIdSizes.includes(value.length)) return value;
  const reader = new DerReader(value, `${certificate.commonName} ${oids.hardwareId}`);
  const { contents } = reader.expect(tags.octetString);
  reader.end();
  return contents;
}

/** Names carry a stepping in some certificates: `Milan-B0`. */
function productOf(certificate: Certificate): SnpProduct {
  const name = ia5String(certificate, oids.productName);
  const product = snpProducts.find((known) => name === known || name.startsWith(`${known}-`));
  if (product === undefined) {
    return refuseExtension(
      'snp-product-unknown',
      certificate,
      `the certificate is for product ${JSON.stringify(name)}`,
    );
  }
  return product;
}

/** The kind of endorsement key that a certificate is of, by its extensions; undefined: it is of none. */
export function endorsementKeyKind({ extensions }: Pick<Certificate, 'extensions'>): SigningKey | undefined {
  if (!extensions.has(oids.productName)) return undefined;
  return extensions.has(oids.cspId) ? 'VLEK' : 'VCEK';
}

/** Reads the AMD extensions of an endorsement key certificate. */
export function parseEndorsementKeyFacts(certificate: Certificate): EndorsementKeyFacts {
  if (certificate.publicKey.asymmetricKeyDetails?.namedCurve !== 'secp384r1') {
    refuseExtension('snp-certificate-key', certificate, 'the key is not on P-384');
  }
  const product = productOf(certificate);
  const kind = endorsementKeyKind(certificate) ?? 'VCEK';
  const tcb: SnpTcb = {
    ...(product === 'Turin' ? { fmc: patchLevel(certificate, oids.fmc) } : {}),
    bootLoader: patchLevel(certificate, oids.bootLoader),
    tee: patchLevel(certificate, oids.tee),
    snp: patchLevel(certificate, oids.snp),
    microcode: patchLevel(certificate, oids.microcode),
  };
  return {
    kind,
    product,
    tcb,
    hardwareId: kind === 'VCEK' ? hardwareId(certificate) : undefined,
    cspId: kind === 'VLEK' ? ia5String(certificate, oids.cspId) : undefined,
  };
}
