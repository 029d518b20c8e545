/** Data that evidence commits to: bytes, and what they mean to the token. */
import { createHash } from 'node:crypto';
import { type AttestedData, attestedBytes, ConfigurationError, decodeUtf8, isJsonObject, readJson } from '@atesto/core';
import type { ClientConfigurationCode } from '../codes.ts';

export type { AttestedData } from '@atesto/core';

/** A public key as JSON Web Key (RFC 7517). */
export interface PublicJwk {
  readonly kty?: string;
  readonly [member: string]: unknown;
}

/** Runtime or init-time data: bytes, JSON, or a public key, which stands for the JSON text `{"keys":[key]}`. */
export type RuntimeData = AttestedData | { readonly key: PublicJwk };

/** Length of the report data of SGX, TDX and SEV-SNP, in bytes. */
export const reportDataBytes = 64;

/** RFC 7518, section 6: members that are secret. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function misuse(option: string, expected: string): never {
  throw new ConfigurationError<ClientConfigurationCode>(option, expected, 'runtime-data-invalid');
}

/** Data with the exact bytes that the evidence commits to. Throws `ConfigurationError`. @param option names it in an error */
export function attestedDataOf(data: RuntimeData, option: string): AttestedData {
  const value: unknown = data;
  const [shape, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  if (others.length === 0 && 'key' in data)
    return { json: JSON.stringify({ keys: [publicKey(data.key, `${option}.key`)] }) };
  if (others.length === 0 && shape === 'bytes' && 'bytes' in data && data.bytes instanceof Uint8Array) return data;
  if (others.length > 0 || shape !== 'json' || !('json' in data)) misuse(option, '{ bytes }, { json } or { key }');
  const isText = typeof data.json === 'string' || data.json instanceof Uint8Array;
  const text = isText ? decodeUtf8(attestedBytes(data)) : undefined;
  const read = text === undefined ? undefined : readJson(text);
  if (read?.ok === true && isJsonObject(read.value)) return data;
  return misuse(`${option}.json`, 'the text of a JSON object, or its bytes in UTF-8; send others as { bytes }');
}

function publicKey(key: PublicJwk, option: string): PublicJwk {
  if (!isJsonObject(key) || typeof key.kty !== 'string') misuse(option, 'a JSON Web Key');
  if (secretMembers.some((name) => Object.hasOwn(key, name))) misuse(option, 'a public key, without private members');
  return key;
}

/** Report data that commits to runtime data: SHA-256, then 32 zeros; all zeros without data. Throws `ConfigurationError`. */
export function reportDataFor(data: RuntimeData | undefined): Uint8Array {
  const reportData = new Uint8Array(reportDataBytes);
  if (data === undefined) return reportData;
  reportData.set(
    createHash('sha256')
      .update(attestedBytes(attestedDataOf(data, 'data')))
      .digest(),
  );
  return reportData;
}
