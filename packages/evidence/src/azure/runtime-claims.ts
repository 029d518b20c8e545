/**
 * The runtime claims of an Azure confidential VM: the vTPM's keys and the machine's configuration, and whether hardware vouches for them.
 * Source: Microsoft, "Confidential VM guest attestation, attestation report format".
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  type Claims,
  forbidsSignatures,
  isJsonObject,
  type JsonValue,
  jwkFacts,
  keyFault,
  readJson,
} from '@atesto/core';
import { refuse } from '../outcome.ts';
import type { SnpAppraisal } from '../sevsnp/appraisal.ts';
import type { TdxAppraisal } from '../tdx/appraisal.ts';
import type { AzureCode } from './codes.ts';

/** Genuine hardware evidence of a machine. */
export type AzureHardware = SnpAppraisal | TdxAppraisal;

/** The hash algorithms that a report of Azure's host compatibility layer can name. */
export type HclHash = 'SHA-256' | 'SHA-384' | 'SHA-512';
const nodeHashes = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;

/** Runtime claims as they are hashed. */
export interface RuntimeData {
  /** JSON in UTF-8, exactly as hashed. */
  readonly claims: Uint8Array;
  readonly hash: HclHash;
}

/** JSON of the runtime claims. */
export type RuntimeClaims = Claims;

function refuseClaims(code: AzureCode, why: string): never {
  refuse(code, 'runtime claims', why);
}

/** Whether no integer in it is beyond 2^53-1: not every reader of claims holds those exactly. */
function isClaim(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
  return Object.values(value).every(isClaim);
}

/** The hash that a hardware report commits to. */
export function runtimeDataHash({ claims, hash }: RuntimeData): Uint8Array {
  return createHash(nodeHashes[hash]).update(claims).digest();
}

/** Decodes the claims' JSON. They are told on to relying parties, so what readers may read differently is refused. */
export function parseRuntimeClaims(bytes: Uint8Array): RuntimeClaims {
  const reading = readJson(bytes);
  if (!reading.ok) return refuseClaims('hcl-runtime-claims', `the runtime claims cannot be read: ${reading.fault.why}`);
  const claims = reading.value;
  if (!isClaim(claims)) return refuseClaims('hcl-runtime-claims', 'a number in the runtime claims is beyond 2^53-1');
  return isJsonObject(claims) ? claims : refuseClaims('hcl-runtime-claims', 'the runtime claims are not a JSON object');
}

/**
 * Checks that genuine hardware speaks for the runtime claims: its report data is their hash, followed by zeros. Of SEV-SNP machines
 * only reports of VMPL 0 count, where Azure's paravisor runs: an operating system below it can ask for reports of its own.
 */
export function checkRuntimeData(data: RuntimeData, hardware: AzureHardware): void {
  const reportData = hardware.tee === 'tdx' ? hardware.body.reportData : hardware.report.reportData;
  const hash = runtimeDataHash(data);
  const rest = reportData.subarray(hash.length);
  if (Buffer.compare(reportData.subarray(0, hash.length), hash) !== 0 || rest.some((byte) => byte !== 0)) {
    refuse('hcl-binding', 'report data', 'the report data is not the hash of the runtime claims, followed by zeros');
  }
  if (hardware.tee === 'sevsnp' && hardware.report.vmpl !== 0) {
    refuse('hcl-vmpl', 'report+48', `the report is of VMPL ${hardware.report.vmpl}, not of VMPL 0`);
  }
}

/** The vTPM's attestation key, which signs quotes: the RSA key with `kid` HCLAkPub. */
export function attestationKeyOf(claims: RuntimeClaims): KeyObject {
  const { keys: listed } = claims;
  const keys: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const [key, another] = keys.filter(isJsonObject).filter(({ kid }) => kid === 'HCLAkPub');
  if (key === undefined || another !== undefined) {
    return refuseClaims('hcl-attestation-key', 'there must be exactly one key HCLAkPub');
  }
  // Genuine machines write `"key_ops":["sign"]`, which names the private key's side.
  if (forbidsSignatures(key, undefined, ['sign', 'verify'])) {
    return refuseClaims('hcl-attestation-key', 'HCLAkPub is not for signatures');
  }
  const { kty, n, e } = key;
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') {
    return refuseClaims('hcl-attestation-key', 'HCLAkPub is not an RSA key');
  }
  const fault = keyFault('tpm', jwkFacts(key));
  if (fault !== undefined) return refuseClaims('hcl-attestation-key', `HCLAkPub ${fault}`);
  try {
    return createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  } catch {
    return refuseClaims('hcl-attestation-key', 'HCLAkPub is not a usable RSA key');
  }
}

/** `vmUniqueId` of the machine's configuration; undefined when the claims do not name it. */
export function vmUniqueId(claims: RuntimeClaims): string | undefined {
  const { 'vm-configuration': configuration } = claims;
  const id = isJsonObject(configuration) ? configuration.vmUniqueId : undefined;
  return typeof id === 'string' ? id : undefined;
}
