/** One attest request: the body, decoded and checked for shape. Nothing in it is trusted. */
import type { JsonObject } from '@atesto/token';

/** Runtime or init-time data: the bytes that the evidence must commit to, and what they mean. */
export interface AttestedData {
  readonly bytes: Uint8Array;
  /** The parsed object when the caller says that the bytes are JSON. */
  readonly json?: JsonObject;
}

/** One decoded attest call. */
export interface AttestRequest {
  readonly evidence: Uint8Array;
  readonly runtimeData?: AttestedData;
  readonly initTimeData?: AttestedData;
  /** Policy text, or a JWS that holds it. */
  readonly draftPolicy?: string;
  /** A text of at most 1 KiB, or an integer from 0 to 2^64-1 without rounding. */
  readonly nonce?: string | number | bigint;
}
