/**
 * What the bytes of an Intel quote say, up to the body that its technology reads. Nothing here is trusted.
 * Source: Intel SGX DCAP and TDX DCAP Quoting Library API, appendices "Quote Format" (versions 3, 4 and 5).
 */
import { ByteReader } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { type CertificationData, parseCertificationData } from './certification-data.ts';

/** Body layouts, with their sizes in bytes. */
export const bodySizes = { sgx: 384, td10: 584, td15: 648 } as const;
/** A body layout: SGX, TDX 1.0 or TDX 1.5. */
export type QuoteBodyType = keyof typeof bodySizes;

/** One quote. Byte fields are views of the quote. */
export interface ParsedQuote {
  readonly version: 3 | 4 | 5;
  /** 2: ECDSA-P256. */
  readonly attestationKeyType: number;
  readonly teeType: 'sgx' | 'tdx';
  /** 20 bytes. */
  readonly userData: Uint8Array;
  readonly bodyType: QuoteBodyType;
  readonly body: Uint8Array;
  /** Header and body, with the body's type and size fields in version 5. */
  readonly signedBytes: Uint8Array;
  /** 64 bytes, r || s. */
  readonly signature: Uint8Array;
  /** 64 bytes, x || y. */
  readonly attestationKey: Uint8Array;
  /** 384 bytes, an SGX report body. */
  readonly qeReport: Uint8Array;
  /** 64 bytes, r || s. */
  readonly qeReportSignature: Uint8Array;
  readonly qeAuthData: Uint8Array;
  readonly certification: CertificationData;
  /** The quote as its own lengths declare it. */
  readonly bytes: Uint8Array;
  /** Bytes after it: some sources pad with zeros. They are not looked at. */
  readonly trailingBytes: number;
}

const ecdsaP256 = 2;
const teeTypes = new Map<number, 'sgx' | 'tdx'>([
  [0x00, 'sgx'],
  [0x81, 'tdx'],
]);
const bodyTypes = new Map<number, QuoteBodyType>([
  [1, 'sgx'],
  [2, 'td10'],
  [3, 'td15'],
]);
const intelQeVendorId = '939a7233f79c4ca9940a0db3957f0607';
const qeReportCertification = 6;

function parseHeader(reader: ByteReader) {
  const version = reader.u16('version');
  if (version !== 3 && version !== 4 && version !== 5) {
    return refuse('quote-version', 'quote+0', `version ${version} is not one of 3, 4, 5`);
  }
  const attestationKeyType = reader.u16('attestation key type');
  if (attestationKeyType !== ecdsaP256) {
    refuse(
      'quote-attestation-key-type',
      'quote+2',
      `attestation key type ${attestationKeyType} is not 2 (ECDSA P-256)`,
    );
  }
  const tee = reader.u32('TEE type');
  const teeType = teeTypes.get(tee);
  // The field is reserved in version 3, which knows SGX only.
  if (teeType === undefined || (version === 3 && teeType !== 'sgx')) {
    return refuse('quote-tee-type', 'quote+4', `TEE type ${tee.toString(16)}h is not known in version ${version}`);
  }
  // QE SVN and PCE SVN in version 3, reserved later: neither is signed by the platform, so neither is used.
  reader.bytes(4, 'QE SVN and PCE SVN');
  const vendor = Buffer.from(reader.bytes(16, 'QE vendor id')).toString('hex');
  if (vendor !== intelQeVendorId) refuse('quote-qe-vendor', 'quote+12', `QE vendor ${vendor} is not Intel`);
  const userData = reader.bytes(20, 'user data');
  return { version, attestationKeyType, teeType, userData } as const;
}

function parseBodyType(reader: ByteReader, version: 3 | 4 | 5, teeType: 'sgx' | 'tdx'): QuoteBodyType {
  if (version !== 5) return teeType === 'sgx' ? 'sgx' : 'td10';
  const where = reader.where();
  const number = reader.u16('body type');
  const size = reader.u32('body size');
  const bodyType = bodyTypes.get(number);
  if (bodyType === undefined || size !== bodySizes[bodyType]) {
    return refuse('quote-body-type', where, `body type ${number} of ${size} bytes is not known`);
  }
  if ((bodyType === 'sgx') !== (teeType === 'sgx')) {
    return refuse('quote-tee-type', where, `body type ${number} does not fit the TEE type`);
  }
  return bodyType;
}

function parseQeCertification(reader: ByteReader) {
  const qeReport = reader.bytes(bodySizes.sgx, 'QE report');
  const qeReportSignature = reader.bytes(64, 'QE report signature');
  const qeAuthData = reader.bytes(reader.u16('QE authentication data size'), 'QE authentication data');
  const certification = parseCertificationData(reader);
  reader.end('signature data');
  return { qeReport, qeReportSignature, qeAuthData, certification };
}

function parseSignatureData(reader: ByteReader, version: 3 | 4 | 5) {
  const signature = reader.bytes(64, 'quote signature');
  const attestationKey = reader.bytes(64, 'attestation key');
  if (version === 3) return { signature, attestationKey, ...parseQeCertification(reader) };
  const where = reader.where();
  const type = reader.u16('certification data type');
  if (type !== qeReportCertification) {
    return refuse('quote-certification-data', where, `outer certification data type ${type} is not 6 (QE report)`);
  }
  const nested = reader.section(reader.u32('certification data size'), 'QE report certification data');
  reader.end('signature data');
  return { signature, attestationKey, ...parseQeCertification(nested) };
}

/** Parses a quote of version 3, 4 or 5; refuses by throwing within this package. */
export function parseQuote(bytes: Uint8Array): ParsedQuote {
  const reader = new ByteReader(bytes, 'quote');
  const header = parseHeader(reader);
  const bodyType = parseBodyType(reader, header.version, header.teeType);
  const body = reader.bytes(bodySizes[bodyType], 'body');
  const signedBytes = bytes.subarray(0, reader.offset);
  const signatureData = reader.section(reader.u32('signature data length'), 'signature data');
  return {
    ...header,
    bodyType,
    body,
    signedBytes,
    ...parseSignatureData(signatureData, header.version),
    bytes: bytes.subarray(0, reader.offset),
    trailingBytes: reader.remaining,
  };
}
