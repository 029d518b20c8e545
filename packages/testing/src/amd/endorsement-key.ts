/**
 * The AMD extensions of a VCEK or VLEK certificate.
 * Source: AMD 57230, VCEK Certificate and KDS Interface Specification, tables of the X.509 extensions.
 */
import { type Bytes, bytesOf } from '../bytes/layout.ts';
import type { SnpProduct, SnpTcbLevels } from '../sevsnp/tcb.ts';
import type { CertificateExtension } from '../x509/certificate.ts';
import { ia5String, integer } from '../x509/der.ts';

/** The key that signs reports: of one chip, or of a cloud provider. */
export type EndorsementKeyKind = 'VCEK' | 'VLEK';

/** What AMD certifies of an endorsement key. */
export interface EndorsementKeyFields {
  /** Like `Milan` or `Milan-B0`. */
  readonly productName: string;
  readonly tcb: SnpTcbLevels;
  /** VCEK: 64 bytes, or 8 on Turin. */
  readonly hardwareId?: Bytes | undefined;
  /** VLEK. */
  readonly cspId?: string | undefined;
}

const arc = '1.3.6.1.4.1.3704.1';
const reservedLevel = 0;

/** Patch levels in the order of AMD's certificates, the reserved ones among them. */
function levels(tcb: SnpTcbLevels, product: SnpProduct): readonly (readonly [string, number])[] {
  const { fmc = 0, bootLoader, tee, snp, microcode } = tcb;
  return product === 'Turin'
    ? [
        ['3.9', fmc],
        ['3.1', bootLoader],
        ['3.2', tee],
        ['3.3', snp],
        ['3.5', reservedLevel],
        ['3.6', reservedLevel],
        ['3.7', reservedLevel],
        ['3.8', microcode],
      ]
    : [
        ['3.1', bootLoader],
        ['3.2', tee],
        ['3.4', reservedLevel],
        ['3.5', reservedLevel],
        ['3.6', reservedLevel],
        ['3.7', reservedLevel],
        ['3.3', snp],
        ['3.8', microcode],
      ];
}

/** The extensions in the order of AMD's certificates. */
export function endorsementKeyExtensions(fields: EndorsementKeyFields, product: SnpProduct): CertificateExtension[] {
  const extension = (path: string, value: Uint8Array) => ({ oid: `${arc}.${path}`, critical: false, value });
  return [
    extension('1', integer(product === 'Turin' ? 1 : 0)),
    extension('2', ia5String(fields.productName)),
    ...levels(fields.tcb, product).map(([path, level]) => extension(path, integer(level))),
    ...(fields.hardwareId === undefined ? [] : [extension('4', bytesOf(fields.hardwareId))]),
    ...(fields.cspId === undefined ? [] : [extension('5', ia5String(fields.cspId))]),
  ];
}
