/**
 * What Intel certifies of a platform: the SGX extension of its PCK certificate.
 * Source: Intel SGX PCK Certificate and CRL Profile Specification, section 2.3.5.
 */
import { refuse } from '../outcome.ts';
import type { Certificate } from '../x509/certificate.ts';
import { DerReader, tags } from '../x509/der.ts';

/** The SGX extension, contents of 1.2.840.113741.1.13.1. */
export interface PckFacts {
  /** 16 bytes. */
  readonly ppid: Uint8Array;
  /** SVNs of the 16 TCB components, 0 to 255. */
  readonly componentSvns: readonly number[];
  readonly pceSvn: number;
  /** 16 bytes. */
  readonly cpuSvn: Uint8Array;
  /** 4 hex digits, lower case. */
  readonly pceId: string;
  /** 12 hex digits, lower case. */
  readonly fmspc: string;
  readonly sgxType: 'standard' | 'scalable' | 'scalable-with-integrity';
  /** Platforms of several packages only. */
  readonly configuration:
    | { readonly dynamicPlatform?: boolean; readonly cachedKeys?: boolean; readonly smtEnabled?: boolean }
    | undefined;
}

/** Dotted identifier of the extension. */
export const sgxExtensionOid = '1.2.840.113741.1.13.1';

const sgxTypes = ['standard', 'scalable', 'scalable-with-integrity'] as const;

/** Entries of a SEQUENCE OF SEQUENCE { OID, ANY } below a prefix, keyed by the rest of their identifier. */
function parseEntries(reader: DerReader, prefix: string, where: string): Map<string, DerReader> {
  const entries = new Map<string, DerReader>();
  while (!reader.done) {
    const entry = reader.enter(tags.sequence);
    const oid = entry.oid();
    const value = new DerReader(entry.next().whole, `${where} ${oid}`);
    entry.end();
    const key = oid.startsWith(`${prefix}.`) ? oid.slice(prefix.length + 1) : oid;
    if (entries.has(key)) refuse('pck-extension', where, `entry ${oid} occurs twice`);
    entries.set(key, value);
  }
  return entries;
}

function entry(entries: Map<string, DerReader>, key: string, where: string): DerReader {
  return entries.get(key) ?? refuse('pck-extension', where, `entry ${key} is missing`);
}

function octets(entries: Map<string, DerReader>, key: string, sizeBytes: number, where: string): Uint8Array {
  const { contents } = entry(entries, key, where).expect(tags.octetString);
  if (contents.length !== sizeBytes)
    refuse('pck-extension', where, `entry ${key} has ${contents.length} bytes, not ${sizeBytes}`);
  return contents;
}

function bounded(value: number, maximum: number, key: string, where: string): number {
  if (value > maximum) refuse('pck-extension', where, `entry ${key} is ${value}, above ${maximum}`);
  return value;
}

function parseConfiguration(reader: DerReader | undefined, where: string): PckFacts['configuration'] {
  if (reader === undefined) return undefined;
  const flags = parseEntries(reader.enter(tags.sequence), `${sgxExtensionOid}.7`, where);
  const dynamicPlatform = flags.get('1')?.boolean();
  const cachedKeys = flags.get('2')?.boolean();
  const smtEnabled = flags.get('3')?.boolean();
  return {
    ...(dynamicPlatform === undefined ? {} : { dynamicPlatform }),
    ...(cachedKeys === undefined ? {} : { cachedKeys }),
    ...(smtEnabled === undefined ? {} : { smtEnabled }),
  };
}

/** Reads the SGX extension of a PCK certificate. */
export function parsePckFacts(certificate: Certificate): PckFacts {
  const where = certificate.commonName;
  const extension = certificate.extensions.get(sgxExtensionOid);
  if (extension === undefined) return refuse('pck-extension', where, 'the certificate has no SGX extension');
  const outer = new DerReader(extension.value, where);
  const entries = parseEntries(outer.enter(tags.sequence), sgxExtensionOid, where);
  outer.end();
  const tcb = parseEntries(entry(entries, '2', where).enter(tags.sequence), `${sgxExtensionOid}.2`, where);
  const componentSvns = Array.from({ length: 16 }, (_, index) => {
    const key = String(index + 1);
    return bounded(entry(tcb, key, where).smallInteger(), 255, `2.${key}`, where);
  });
  const sgxType = sgxTypes[entry(entries, '5', where).enumerated()];
  if (sgxType === undefined) return refuse('pck-extension', where, 'the SGX type is not 0, 1 or 2');
  return {
    ppid: octets(entries, '1', 16, where),
    componentSvns,
    pceSvn: bounded(entry(tcb, '17', where).smallInteger(), 65535, '2.17', where),
    cpuSvn: octets(tcb, '18', 16, where),
    pceId: Buffer.from(octets(entries, '3', 2, where)).toString('hex'),
    fmspc: Buffer.from(octets(entries, '4', 6, where)).toString('hex'),
    sgxType,
    configuration: parseConfiguration(entries.get('7'), where),
  };
}
