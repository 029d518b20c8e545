/** Writes attest calls as they look on the wire. Azure Attestation REST contract, "Attest Sgx Enclave" and its siblings. */
import { ClientError } from '../error.ts';
import type { CollectedEvidence } from '../evidence/source.ts';
import { type AttestedData, base64url, wireData } from './data.ts';

/** What goes with evidence. */
export interface AttestOptions {
  /** Data that the evidence's report data commits to. Default: none. */
  readonly runtimeData?: AttestedData;
  /** Data that the evidence commits to since its start: configuration id of SGX, host data of SEV-SNP. Default: none. */
  readonly initTimeData?: AttestedData;
  /** Policy text, or a JWS that holds it, to be tried in place of the configured one; the token is then unsecured. Default: none. */
  readonly draftPolicy?: string;
  /** Copied into the token: a text of at most 1 KiB, or an integer from 0 to 2^64-1. Default: none. */
  readonly nonce?: string | number | bigint;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

const operations = {
  'sgx-quote': { path: 'SgxEnclave', member: 'quote' },
  'open-enclave': { path: 'OpenEnclave', member: 'report' },
  'tdx-quote': { path: 'TdxVm', member: 'quote' },
  'snp-report': { path: 'SevSnpVm', member: 'report' },
} as const;

/** The path below `/attest/` and the body of a call. */
export function attestRequest(evidence: CollectedEvidence, options: AttestOptions): { path: string; body: string } {
  const { path, member } = operations[evidence.kind];
  const { runtimeData, initTimeData, draftPolicy, nonce } = options;
  const members = {
    [member]: base64url(evidence.bytes),
    ...(runtimeData === undefined ? {} : { runtimeData: wireData(runtimeData, 'runtimeData') }),
    ...(initTimeData === undefined ? {} : { initTimeData: wireData(initTimeData, 'initTimeData') }),
    ...(draftPolicy === undefined ? {} : { draftPolicyForAttestation: draftPolicy }),
  };
  const body = JSON.stringify(members);
  return { path, body: nonce === undefined ? body : `${body.slice(0, -1)},"nonce":${nonceText(nonce)}}` };
}

const largestNonce = 2n ** 64n - 1n;
const longestNonceBytes = 1024;

/** A number is written out in full: a rounded nonce would be another one. */
function nonceText(nonce: string | number | bigint): string {
  if (typeof nonce === 'string') {
    const sizeBytes = Buffer.byteLength(nonce);
    if (sizeBytes <= longestNonceBytes) return JSON.stringify(nonce);
  } else if (typeof nonce === 'bigint' || Number.isSafeInteger(nonce)) {
    const value = BigInt(nonce);
    if (value >= 0n && value <= largestNonce) return value.toString();
  }
  const why = 'it must be a text of at most 1024 bytes or an integer from 0 to 2^64-1 (a bigint beyond 2^53)';
  throw new ClientError('nonce-invalid', 'nonce', why);
}
