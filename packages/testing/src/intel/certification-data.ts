/**
 * What a quote carries to certify its platform.
 * Source: Intel SGX ECDSA QuoteGenReference (DCAP API), appendix A.4, "QE Certification Data".
 */
import { randomBytes } from 'node:crypto';
import { ConfigurationError, checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, bytesOf, exactly, u16, u32 } from '../bytes/layout.ts';
import { cpuSvnOf, type PckFields } from './pck-extension.ts';
import type { IntelCertificates } from './pki.ts';

/** How the platform is certified. */
export interface CertificationOptions {
  /** 1 PPID plain, 2 RSA-2048, 3 RSA-3072 encrypted; 4 leaf; 5 chain (default). Any other number needs `data`. */
  readonly type?: number;
  /** Ends the PEM of types 4 and 5 with a NUL, as Intel's libraries do. Default: false. */
  readonly trailingNul?: boolean;
  /** The data itself, instead of what the type demands. */
  readonly data?: Bytes;
  /** The size field, instead of the true size. */
  readonly declaredSizeBytes?: number;
}

const optionNames: OptionNames<CertificationOptions> = {
  type: true,
  trailingNul: true,
  data: true,
  declaredSizeBytes: true,
};

/** An encrypted PPID is random: nobody but Intel could open it. */
function ppidOf(type: number, pck: PckFields): Buffer {
  if (type === 1) return exactly(pck.ppid, 16, 'PPID');
  return randomBytes(type === 2 ? 256 : 384);
}

function dataOf(type: number, certificates: IntelCertificates, pck: PckFields): Buffer {
  if (type >= 1 && type <= 3) {
    return Buffer.concat([ppidOf(type, pck), cpuSvnOf(pck), u16(pck.pceSvn), exactly(pck.pceId, 2, 'PCEID')]);
  }
  if (type === 4) return Buffer.from(certificates.pck);
  if (type === 5) return Buffer.from(certificates.pck + certificates.pckCa + certificates.root);
  throw new ConfigurationError('certification.data', `the data of type ${type}`, 'option-missing');
}

/** Type, size and data. */
export function writeCertificationData(
  options: CertificationOptions,
  certificates: IntelCertificates,
  pck: PckFields,
): Buffer {
  checkOptions<CertificationOptions>(options, optionNames, 'certification');
  const type = options.type ?? 5;
  const plain = options.data === undefined ? dataOf(type, certificates, pck) : bytesOf(options.data);
  const data = options.trailingNul === true ? Buffer.concat([plain, Buffer.of(0)]) : plain;
  return Buffer.concat([u16(type), u32(options.declaredSizeBytes ?? data.length), data]);
}
