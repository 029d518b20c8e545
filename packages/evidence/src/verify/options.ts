/** The options that all verifications share, read strictly: what was not decided is misuse, never a permissive default. */
import {
  type AttestedData,
  attestedBytes,
  ConfigurationError,
  checkBytes,
  checkOptions,
  checkTime,
} from '@atesto/core';
import type { VerificationOptions } from '../trust-anchors.ts';

/** Evidence as plain bytes: parts of a Buffer would be Buffers. Throws `ConfigurationError` for anything but bytes. */
export function readEvidence(evidence: Uint8Array): Uint8Array {
  checkBytes(evidence, 'evidence');
  return new Uint8Array(evidence.buffer, evidence.byteOffset, evidence.byteLength);
}

/** What is decided for evidence of every technology. */
export interface CommonOptions extends VerificationOptions {
  /** The moment at which the verdict is to hold. */
  readonly at: Date;
  /** Default `false`: refuses what its host can debug. */
  readonly debug?: false | 'any';
}

/** What is decided for evidence that commits to data. */
export interface BoundOptions extends CommonOptions {
  /** Data that the evidence must commit to by its report data; `any` accepts evidence that commits to anything. */
  readonly runtimeData: AttestedData | 'any';
}

/** Throws `ConfigurationError` for an invalid time or decision. */
export function checkCommonOptions({ at, debug }: CommonOptions): void {
  checkTime(at, 'options.at');
  checkDecision(debug, 'options.debug');
}

/** Throws `ConfigurationError` for anything but `false`, `any`, or nothing. */
export function checkDecision(value: false | 'any' | undefined, option: string): void {
  if (value !== undefined && value !== false && value !== 'any') throw new ConfigurationError(option, "false or 'any'");
}

/** The bytes that evidence must commit to; undefined: any. Throws `ConfigurationError` when that is not decided. */
export function readRuntimeData(data: AttestedData | 'any'): Uint8Array | undefined {
  const option = 'options.runtimeData';
  if (data === 'any') return undefined;
  if (data === undefined) {
    throw new ConfigurationError(option, "the data that the evidence commits to, or 'any'", 'option-missing');
  }
  checkOptions<{ bytes?: unknown; json?: unknown }>(data, { bytes: true, json: true }, option);
  if (Object.keys(data).length !== 1) throw new ConfigurationError(option, 'one of bytes and json');
  if (!('json' in data) || typeof data.json !== 'string') {
    checkBytes('json' in data ? data.json : data.bytes, `${option}.${'json' in data ? 'json' : 'bytes'}`);
  }
  return attestedBytes(data);
}

/** Throws `ConfigurationError` for anything but an integer from 0 to 2^53-1. */
export function checkCount(value: number | undefined, option: string): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new ConfigurationError(option, 'an integer of 0 or more');
  }
}

/** Throws `ConfigurationError` when roots are named beside endorsements that were verified under others. */
export function checkNoTrustAnchors({ trustAnchors }: VerificationOptions): void {
  if (trustAnchors === undefined) return;
  const expected =
    'no roots beside verified endorsements: they were verified under the roots of their own verification';
  throw new ConfigurationError('options.trustAnchors', expected);
}
