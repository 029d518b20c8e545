/**
 * What a quote carries to certify its attestation key's platform.
 * Source: Intel SGX ECDSA QuoteGenReference (DCAP API), appendix A.4, "QE Certification Data".
 */
import type { ByteReader } from '@atesto/core';
import { refuse } from '../outcome.ts';

/** The platform as certification data of types 1 to 3 names it: the PCK certificate must be looked up. */
export interface PckCertificateId {
  /** 16 bytes when plain (type 1), else 256 or 384 bytes of RSA-OAEP. */
  readonly ppid: Uint8Array;
  readonly ppidEncrypted: boolean;
  /** 16 bytes. */
  readonly cpuSvn: Uint8Array;
  readonly pceSvn: number;
  /** 2 bytes as they stand: little-endian. Intel's own sample of type 1 ends before it (34 bytes, `…0300`), so it may be absent. */
  readonly pceId: Uint8Array | undefined;
}

/** Parsed certification data that ends in a PCK certificate. */
export type CertificationData =
  | { readonly type: 1 | 2 | 3; readonly id: PckCertificateId }
  | { readonly type: 4; readonly leafPem: string }
  | { readonly type: 5; readonly chainPem: string };

const ppidSizes = { 1: 16, 2: 256, 3: 384 } as const;
/** A chain of three P-256 certificates in PEM is about 3.7 KiB. */
const largestChain = 32 * 1024;

function parseId(reader: ByteReader, type: 1 | 2 | 3): PckCertificateId {
  const ppid = reader.bytes(ppidSizes[type], 'PPID');
  const cpuSvn = reader.bytes(16, 'CPUSVN');
  const pceSvn = reader.u16('PCESVN');
  const pceId = reader.remaining === 0 ? undefined : reader.bytes(2, 'PCEID');
  reader.end('certification data');
  return { ppid, ppidEncrypted: type !== 1, cpuSvn, pceSvn, pceId };
}

/** PEM text; Intel's libraries end it with one NUL. */
function parseText(reader: ByteReader, size: number): string {
  if (size > largestChain)
    refuse('quote-certification-data', reader.where(), `${size} bytes of certificates are too many`);
  const text = Buffer.from(reader.bytes(size, 'certificates')).toString('latin1');
  return text.endsWith('\0') ? text.slice(0, -1) : text;
}

/** Parses type, size and data of certification data; types 6 and 7 do not certify a platform by themselves and are refused. */
export function parseCertificationData(reader: ByteReader): CertificationData {
  const where = reader.where();
  const type = reader.u16('certification data type');
  const size = reader.u32('certification data size');
  const data = reader.section(size, 'certification data');
  switch (type) {
    case 1:
    case 2:
    case 3:
      return { type, id: parseId(data, type) };
    case 4:
      return { type, leafPem: parseText(data, size) };
    case 5:
      return { type, chainPem: parseText(data, size) };
    default:
      return refuse('quote-certification-data', where, `certification data type ${type} is not one of 1 to 5`);
  }
}
