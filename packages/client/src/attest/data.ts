/** Data that evidence commits to: bytes, and what they mean to the token. */

import { createHash } from 'node:crypto';
import { decodeUtf8 } from '@atesto/core';
import { ClientError } from '../error.ts';
import { reportDataBytes } from '../evidence/source.ts';
import { readMembers } from '../http/json.ts';

/**
 * Runtime or init-time data. JSON is given as the very text or bytes whose hash the evidence carries, never as a value:
 * another writer would put members and white space elsewhere, and the hash would differ.
 */
export type AttestedData = { readonly binary: Uint8Array } | { readonly json: string | Uint8Array };

/** The wire form. */
export interface WireData {
  /** base64url without padding. */
  readonly data: string;
  readonly dataType: 'Binary' | 'JSON';
}

/** The bytes whose hash the evidence must carry. */
export function bytesOf(data: AttestedData): Uint8Array {
  if ('binary' in data) return data.binary;
  return typeof data.json === 'string' ? Buffer.from(data.json, 'utf8') : data.json;
}

/** The wire form of data. Throws `runtime-data-invalid` for JSON that is no object. */
export function wireData(data: AttestedData, where: string): WireData {
  const bytes = bytesOf(data);
  if ('json' in data && readMembers(decodeUtf8(bytes) ?? '') === undefined) {
    throw new ClientError('runtime-data-invalid', where, 'it is not a JSON object in UTF-8; send it as binary instead');
  }
  return { data: base64url(bytes), dataType: 'binary' in data ? 'Binary' : 'JSON' };
}

/** Report data that commits to runtime data: SHA-256, then 32 zeros; all zeros without data. */
export function reportDataFor(data: AttestedData | undefined): Uint8Array {
  const reportData = new Uint8Array(reportDataBytes);
  if (data !== undefined) reportData.set(createHash('sha256').update(bytesOf(data)).digest());
  return reportData;
}

/** base64url without padding. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
