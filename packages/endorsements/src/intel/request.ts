/** What Intel's endorsements are asked for by. */
import type { Refusal } from '@atesto/core';
import type { IntelCollateral, IntelEndorsementsNeeded, IntelLookup } from '@atesto/evidence/advanced';
import type { EndorsementCode } from '../codes.ts';
import type { EndorsementSource } from '../source.ts';

/** A platform as a quote of certification data type 1 to 3 names it. Hex, lower case, bytes in the order of the quote. */
export interface PckCertificateAddress {
  /** 16 bytes. A caching service finds the platform by it. */
  readonly qeId: string;
  /** 384 bytes: RSA-3072-OAEP under Intel's key (certification data type 3). Intel's own service finds the platform by it. */
  readonly encryptedPpid?: string;
  /** 16 bytes. */
  readonly cpuSvn: string;
  /** 2 bytes. */
  readonly pceSvn: string;
  /** 2 bytes. */
  readonly pceId: string;
}

/** Asks for the PCK certificate of a platform, and for the collateral that this certificate then needs. */
export interface PckCertificateRequest {
  readonly tee: 'sgx' | 'tdx';
  readonly pckCertificate: PckCertificateAddress;
  /** What the PCK key signed, ECDSA P-256 with SHA-256, r || s: for sources with certificates of several platforms to choose among. */
  readonly qeReport?: { readonly bytes: Uint8Array; readonly signature: Uint8Array };
}

/** Asks for the collateral of a platform family, or for that of a platform whose family only its PCK certificate tells. */
export type IntelEndorsementRequest = IntelEndorsementsNeeded | PckCertificateRequest;

/** A source of Intel's endorsements. */
export type IntelEndorsementSource = EndorsementSource<IntelEndorsementRequest, IntelCollateral>;

const rsa3072Bytes = 384;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What to ask for a quote, by what the evidence package read in it. */
export function intelRequestFor(
  lookup: IntelLookup,
): { readonly ok: true; readonly value: IntelEndorsementRequest } | { readonly ok: false; readonly refusal: Refusal } {
  if (lookup.kind === 'collateral') return { ok: true, value: lookup.needed };
  const { tee, qeId, id, qeReport } = lookup;
  if (id.pceId === undefined) {
    const code: EndorsementCode = 'pck-certificate-not-addressable';
    const why = 'the certification data ends before the PCEID, without which no PCK certificate can be asked for';
    return { ok: false, refusal: { code, where: 'certification data', why } };
  }
  const pceSvn = Buffer.alloc(2);
  pceSvn.writeUInt16LE(id.pceSvn);
  const encrypted = id.ppidEncrypted && id.ppid.length === rsa3072Bytes;
  const pckCertificate: PckCertificateAddress = {
    qeId: hex(qeId),
    ...(encrypted ? { encryptedPpid: hex(id.ppid) } : {}),
    cpuSvn: hex(id.cpuSvn),
    pceSvn: hex(pceSvn),
    pceId: hex(id.pceId),
  };
  return { ok: true, value: { tee, pckCertificate, ...(qeReport === undefined ? {} : { qeReport }) } };
}

/** The request in words, for refusals. */
export function describeRequest(request: IntelEndorsementRequest): string {
  const tee = request.tee.toUpperCase();
  return 'pckCertificate' in request
    ? `the ${tee} platform with quoting enclave id ${request.pckCertificate.qeId}`
    : `${tee} platforms with FMSPC ${request.fmspc} (${request.ca} CA)`;
}

/** One text for each request, the same for the same request. */
export function requestKey(request: IntelEndorsementRequest): string {
  if (!('pckCertificate' in request)) return `${request.tee} ${request.fmspc} ${request.ca}`;
  const { qeId, encryptedPpid = '', cpuSvn, pceSvn, pceId } = request.pckCertificate;
  return `${request.tee} ${qeId} ${encryptedPpid} ${cpuSvn} ${pceSvn} ${pceId}`;
}
