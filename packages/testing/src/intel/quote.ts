/**
 * Writes DCAP quotes of versions 3, 4 and 5 with every field and signature open to change.
 * Source: Intel SGX DCAP and TDX DCAP Quoting Library API, appendices "Quote Format".
 */
import { createHash } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, bytesOf, exactly, place, u16, u32 } from '../bytes/layout.ts';
import { type SgxReportBodyFields, writeSgxReportBody } from '../sgx/report-body.ts';
import { generateEcKeys, type KeyPair, rawPublicKey, signEcdsa } from '../x509/keys.ts';

/** The fields of the quote's header. */
export interface QuoteHeaderFields {
  readonly version: number;
  /** 2: ECDSA P-256. */
  readonly attestationKeyType: number;
  /** 0 SGX, 0x81 TDX. */
  readonly teeType: number;
  /** Version 3 only; reserved later. */
  readonly qeSvn: number;
  readonly pceSvn: number;
  /** 16 bytes. */
  readonly qeVendorId: Bytes;
  /** 20 bytes. */
  readonly userData: Bytes;
}

/** What may differ from a faultless quote, whatever its version and body. */
export interface QuoteSigningOptions {
  readonly header?: Partial<QuoteHeaderFields>;
  /** Fields of the QE report; its report data binds the attestation key unless it is given here. */
  readonly qeReport?: Partial<SgxReportBodyFields>;
  /** Default: the bytes 0 to 31. */
  readonly qeAuthData?: Bytes;
  /** The key that signs the quote. Default: a new one. */
  readonly attestationKey?: KeyPair;
  /** The public key that the quote carries, 64 bytes. Default: the attestation key's. */
  readonly attestationKeyBytes?: Bytes;
  /** Signs the QE report instead of the PCK key. */
  readonly signQeReportWith?: KeyPair;
  /** Signs the quote instead of the attestation key that it carries. */
  readonly signQuoteWith?: KeyPair;
  /** 64 bytes that stand for the quote's signature. */
  readonly quoteSignature?: Bytes;
  /** 64 bytes that stand for the QE report's signature. */
  readonly qeReportSignature?: Bytes;
  /** Changes header and body before they are signed. */
  readonly mutateSigned?: (signed: Buffer) => Uint8Array;
  /** Changes the 384 bytes of the QE report before they are signed. */
  readonly mutateQeReport?: (report: Buffer) => Uint8Array;
  /** The type field of the outer certification data, versions 4 and 5. Default: 6. */
  readonly outerCertificationType?: number;
  /** The length field of the signature data, instead of the true length. */
  readonly declaredSignatureDataBytes?: number;
  /** Last change of the whole quote, after signing. */
  readonly mutate?: (quote: Buffer) => Uint8Array;
  /** Follows the quote, like the zeros with which some sources pad. */
  readonly trailing?: Bytes;
}

const headerNames: OptionNames<QuoteHeaderFields> = {
  version: true,
  attestationKeyType: true,
  teeType: true,
  qeSvn: true,
  pceSvn: true,
  qeVendorId: true,
  userData: true,
};

/** The names of the options that all quotes share. */
export const signingOptionNames: OptionNames<QuoteSigningOptions> = {
  header: true,
  qeReport: true,
  qeAuthData: true,
  attestationKey: true,
  attestationKeyBytes: true,
  signQeReportWith: true,
  signQuoteWith: true,
  quoteSignature: true,
  qeReportSignature: true,
  mutateSigned: true,
  mutateQeReport: true,
  outerCertificationType: true,
  declaredSignatureDataBytes: true,
  mutate: true,
  trailing: true,
};

/** What the caller has worked out already. */
export interface QuoteParts {
  readonly header: QuoteHeaderFields;
  /** Version 5 only: the number of the body's layout. */
  readonly bodyType: number;
  readonly body: Uint8Array;
  readonly qeReport: Partial<SgxReportBodyFields>;
  readonly pckKey: KeyPair;
  /** Type, size and data. */
  readonly certification: Uint8Array;
}

/** The QE vendor id of Intel: a UUID in hex. */
export const intelQeVendorId = '939a7233f79c4ca9940a0db3957f0607';
/** The platform's identifier as quoting enclaves put it into the user data: 16 bytes, then zeros. */
export const platformUserData = Buffer.concat([
  createHash('sha256').update('Atesto Simulator: platform').digest().subarray(0, 16),
  Buffer.alloc(4),
]);
const qeReportCertification = 6;

function writeHeader(fields: QuoteHeaderFields): Buffer {
  return place(48, [
    [0, u16(fields.version)],
    [2, u16(fields.attestationKeyType)],
    [4, u32(fields.teeType)],
    [8, u16(fields.qeSvn)],
    [10, u16(fields.pceSvn)],
    [12, exactly(fields.qeVendorId, 16, 'QE vendor id')],
    [28, exactly(fields.userData, 20, 'user data')],
  ]);
}

function signedPart(parts: QuoteParts, options: QuoteSigningOptions): Uint8Array {
  checkOptions<Partial<QuoteHeaderFields>>(options.header ?? {}, headerNames, 'header');
  const header = writeHeader({ ...parts.header, ...options.header });
  const descriptor = parts.header.version === 5 ? [u16(parts.bodyType), u32(parts.body.length)] : [];
  const signed = Buffer.concat([header, ...descriptor, parts.body]);
  return options.mutateSigned?.(signed) ?? signed;
}

function qeCertification(parts: QuoteParts, options: QuoteSigningOptions, attestationKey: Uint8Array): Buffer {
  const authData = bytesOf(options.qeAuthData ?? Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
  const binding = createHash('sha256').update(attestationKey).update(authData).digest();
  const reportData = Buffer.concat([binding, Buffer.alloc(32)]);
  const report = writeSgxReportBody({ ...parts.qeReport, reportData, ...options.qeReport });
  const signedReport = options.mutateQeReport?.(report) ?? report;
  const signature = options.qeReportSignature ?? signEcdsa(signedReport, options.signQeReportWith ?? parts.pckKey);
  return Buffer.concat([
    signedReport,
    exactly(signature, 64, 'QE report signature'),
    u16(authData.length),
    authData,
    parts.certification,
  ]);
}

/** Writes and signs one quote. */
export function writeQuote(parts: QuoteParts, options: QuoteSigningOptions): Buffer {
  const attestationKey = options.attestationKey ?? generateEcKeys();
  const keyBytes = exactly(options.attestationKeyBytes ?? rawPublicKey(attestationKey), 64, 'attestation key');
  const signed = signedPart(parts, options);
  const signature = options.quoteSignature ?? signEcdsa(signed, options.signQuoteWith ?? attestationKey);
  const certified = qeCertification(parts, options, keyBytes);
  const nested =
    parts.header.version === 3
      ? [certified]
      : [u16(options.outerCertificationType ?? qeReportCertification), u32(certified.length), certified];
  const signatureData = Buffer.concat([exactly(signature, 64, 'quote signature'), keyBytes, ...nested]);
  const length = u32(options.declaredSignatureDataBytes ?? signatureData.length);
  const quote = Buffer.concat([signed, length, signatureData, bytesOf(options.trailing ?? '')]);
  return Buffer.from(options.mutate?.(quote) ?? quote);
}
