/** Writes attest calls as they look on the wire. Azure Attestation REST contract, "Attest Sgx Enclave" and its siblings. */
import { attestedBytes, checkOptions, type OptionNames } from '@atesto/core';
import type { CollectedEvidence } from '../evidence/source.ts';
import { misuse } from '../options.ts';
import { attestedDataOf, type RuntimeData } from './data.ts';

/** What goes with evidence. */
export interface AttestOptions {
  /** Data that the evidence's report data commits to. Default: none. */
  readonly runtimeData?: RuntimeData;
  /** Data that the evidence commits to since its start: configuration id of SGX, host data of SEV-SNP. Default: none. */
  readonly initTimeData?: RuntimeData;
  /** Policy text, or a JWS that holds it, to be tried in place of the configured one; the token is then unsecured. Default: none. */
  readonly draftPolicy?: string;
  /** Copied into the token: a text of at most 1 KiB, or an integer from 0 to 2^64-1. Default: none. */
  readonly nonce?: string | number | bigint;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

const optionNames: OptionNames<AttestOptions> = {
  runtimeData: true,
  initTimeData: true,
  draftPolicy: true,
  nonce: true,
  signal: true,
};

/** The member that carries the evidence. */
const evidenceMembers = { SgxEnclave: 'quote', OpenEnclave: 'report', TdxVm: 'quote', SevSnpVm: 'report' } as const;

/** The path below `/attest/` and the body of a call. Throws `ConfigurationError`. */
export function attestRequest(evidence: CollectedEvidence, options: AttestOptions): { path: string; body: string } {
  checkOptions<AttestOptions>(options, optionNames, 'options');
  const path = evidence.attestationType;
  const member = evidenceMembers[path];
  const { runtimeData, initTimeData, draftPolicy, nonce } = options;
  const members = {
    [member]: base64url(evidence.bytes),
    ...(runtimeData === undefined ? {} : { runtimeData: wireData(runtimeData, 'options.runtimeData') }),
    ...(initTimeData === undefined ? {} : { initTimeData: wireData(initTimeData, 'options.initTimeData') }),
    ...(draftPolicy === undefined ? {} : { draftPolicyForAttestation: draftPolicy }),
  };
  const body = JSON.stringify(members);
  return { path, body: nonce === undefined ? body : `${body.slice(0, -1)},"nonce":${nonceText(nonce)}}` };
}

/** base64url without padding, and what the bytes are. */
function wireData(given: RuntimeData, option: string): { readonly data: string; readonly dataType: 'Binary' | 'JSON' } {
  const data = attestedDataOf(given, option);
  return { data: base64url(attestedBytes(data)), dataType: 'json' in data ? 'JSON' : 'Binary' };
}

/** base64url without padding. */
function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
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
  const expected = 'a text of at most 1024 bytes or an integer from 0 to 2^64-1 (a bigint beyond 2^53)';
  return misuse('options.nonce', expected, 'nonce-invalid');
}
