/**
 * The SGX extension of a PCK certificate.
 * Source: Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5; OID 1.2.840.113741.1.13.1.
 */
import { type Bytes, exactly } from '../bytes/layout.ts';
import { boolean, enumerated, integer, objectIdentifier, octetString, sequence } from '../x509/der.ts';

/** The SGX extension of PCK certificates. */
export const sgxExtensionOid = '1.2.840.113741.1.13.1';

/** What a PCK certificate says of its platform. */
export interface PckFields {
  /** 16 bytes. */
  readonly ppid: Bytes;
  /** 16 security versions, 0 to 255. */
  readonly tcbComponentSvns: readonly number[];
  readonly pceSvn: number;
  /** 16 bytes. Default: the component security versions. */
  readonly cpuSvn?: Bytes;
  /** 2 bytes. */
  readonly pceId: Bytes;
  /** 6 bytes. */
  readonly fmspc: Bytes;
  /** 0 standard, 1 scalable, 2 scalable with integrity. */
  readonly sgxType: number;
  /** 16 bytes; platform CA only. */
  readonly platformInstanceId?: Bytes | undefined;
  /** Platform CA only. */
  readonly configuration?:
    | { readonly dynamicPlatform: boolean; readonly cachedKeys: boolean; readonly smtEnabled: boolean }
    | undefined;
}

const entry = (path: string, value: Uint8Array): Buffer =>
  sequence(objectIdentifier(`${sgxExtensionOid}.${path}`), value);

/** The CPUSVN that belongs to component security versions when none is given. */
export function cpuSvnOf(fields: PckFields): Buffer {
  return exactly(fields.cpuSvn ?? Buffer.from(fields.tcbComponentSvns), 16, 'CPUSVN');
}

/** DER of the extension's value. */
export function pckExtension(fields: PckFields): Buffer {
  const components = fields.tcbComponentSvns.map((svn, index) => entry(`2.${index + 1}`, integer(svn)));
  const members = [
    entry('1', octetString(exactly(fields.ppid, 16, 'PPID'))),
    entry(
      '2',
      sequence(...components, entry('2.17', integer(fields.pceSvn)), entry('2.18', octetString(cpuSvnOf(fields)))),
    ),
    entry('3', octetString(exactly(fields.pceId, 2, 'PCEID'))),
    entry('4', octetString(exactly(fields.fmspc, 6, 'FMSPC'))),
    entry('5', enumerated(fields.sgxType)),
  ];
  if (fields.platformInstanceId !== undefined) {
    members.push(entry('6', octetString(exactly(fields.platformInstanceId, 16, 'platform instance id'))));
  }
  if (fields.configuration !== undefined) {
    const { dynamicPlatform, cachedKeys, smtEnabled } = fields.configuration;
    const flags = [dynamicPlatform, cachedKeys, smtEnabled].map((flag, index) =>
      entry(`7.${index + 1}`, boolean(flag)),
    );
    members.push(entry('7', sequence(...flags)));
  }
  return sequence(...members);
}
