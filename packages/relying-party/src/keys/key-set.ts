/** Reads key sets (RFC 7517, section 5) and imports their keys. */
import { forbidsSignatures, keyFault, webKeyFacts } from '@atesto/core';
import { type CryptoKey, importJWK, importX509 } from 'jose';
import { refuse } from '../refusal.ts';
import { type Claims, type ClaimValue, claimOf, isObject } from '../token/claims.ts';
import { type AcceptedAlgorithm, keyTypeOf } from './algorithms.ts';

/** A JSON Web Key Set as parsed JSON. */
export interface JsonWebKeySet {
  readonly keys: readonly object[];
}

/** Public keys by key id. */
export type KeySet = ReadonlyMap<string, Claims>;

/** Reads a key set. Ignores entries without a key id; the first of repeated ids wins. */
export function parseKeySet(json: ClaimValue | undefined, where: string): KeySet {
  const keys = isObject(json) ? claimOf(json, 'keys') : undefined;
  if (!Array.isArray(keys)) return refuse('keys-malformed', where, 'the answer is not a JSON Web Key Set');
  const set = new Map<string, Claims>();
  for (const key of keys) {
    const kid: unknown = isObject(key) ? claimOf(key, 'kid') : undefined;
    if (isObject(key) && typeof kid === 'string' && !set.has(kid)) set.set(kid, key);
  }
  return set;
}

/**
 * Imports a public key for one algorithm, from its own members or, without those, from its certificate, as in the sets that Azure
 * Attestation publishes.
 */
export async function importKey(key: Claims, algorithm: AcceptedAlgorithm): Promise<CryptoKey> {
  const { kty, crv } = keyTypeOf(algorithm);
  if (claimOf(key, 'kty') !== kty || forbidsSignatures(key, algorithm)) return unsuitable(algorithm);
  const members = memberTexts(key, kty === 'RSA' ? ['n', 'e'] : ['x', 'y']);
  const imported = await (members !== undefined
    ? importPublic({ kty, ...(crv === undefined ? {} : { crv: curveOf(key) }), ...members }, algorithm)
    : importCertificate(key, algorithm));
  if (imported === undefined) return unsuitable(algorithm);
  const fault = keyFault('token', webKeyFacts(imported));
  return fault === undefined ? imported : refuse('key-unsuitable', 'kid', `the key that the token names ${fault}`);
}

function unsuitable(algorithm: AcceptedAlgorithm): never {
  return refuse('key-unsuitable', 'kid', `the key that the token names is not for ${algorithm}`);
}

async function importPublic(jwk: { kty: string }, algorithm: AcceptedAlgorithm): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK(jwk, algorithm);
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
}

async function importCertificate(key: Claims, algorithm: AcceptedAlgorithm): Promise<CryptoKey | undefined> {
  const chain = claimOf(key, 'x5c');
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined;
  if (typeof first !== 'string') return undefined;
  try {
    return await importX509(`-----BEGIN CERTIFICATE-----\n${first}\n-----END CERTIFICATE-----`, algorithm);
  } catch {
    return undefined;
  }
}

function curveOf(key: Claims): string {
  const curve = claimOf(key, 'crv');
  return typeof curve === 'string' ? curve : '';
}

function memberTexts(key: Claims, names: readonly string[]): Record<string, string> | undefined {
  const entries = names.map((name) => [name, claimOf(key, name)] as const);
  const texts = entries.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string');
  return texts.length === names.length ? Object.fromEntries(texts) : undefined;
}
