/** The stored form of a sealed signing key: JSON whose readable members are authenticated together with the encrypted one. */
import { decodeBase64url, isJsonObject, type JsonObject } from '@atesto/core';
import { isSigningAlgorithm, type SigningAlgorithm } from '../keys/algorithm.ts';
import { refuse } from '../refusal.ts';
import { type Derivation, isCost } from './secret.ts';

/** A signing key at rest. Binary members are base64url without padding. Only `ciphertext` is secret. */
export interface SealedSigningKey {
  readonly version: 1;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly issuer: string;
  /** DER of the certificate. */
  readonly certificate: string;
  readonly derivation:
    | { readonly kind: 'passphrase'; readonly salt: string; readonly cost: number }
    | { readonly kind: 'key'; readonly salt: string };
  /** 32 bytes that depend on the secret and the salt alone. */
  readonly check: string;
  /** 12 bytes: nonce of AES-256-GCM. */
  readonly nonce: string;
  /** PKCS #8 DER of the private key, encrypted with AES-256-GCM. */
  readonly ciphertext: string;
  /** 16 bytes: tag of AES-256-GCM, over the members above as well. */
  readonly tag: string;
}

const memberNames = ['version', 'kid', 'algorithm', 'issuer', 'certificate', 'derivation', 'check', 'nonce'] as const;
const allNames = new Set<string>([...memberNames, 'ciphertext', 'tag']);

/** Reads untrusted parsed JSON as a sealed signing key. Refuses unknown versions and members. */
export function parseSealed(json: unknown): SealedSigningKey {
  const members = record(json, 'sealed key');
  if (members.version !== 1) refuse('sealed-key-version', 'version', 'the version must be 1');
  for (const name of Object.keys(members)) {
    if (!allNames.has(name)) refuse('sealed-key-malformed', name, `version 1 has no member ${name}`);
  }
  const algorithm = string(members, 'algorithm');
  if (!isSigningAlgorithm(algorithm)) {
    return refuse('sealed-key-malformed', 'algorithm', 'the algorithm is unknown');
  }
  return {
    version: 1,
    kid: string(members, 'kid'),
    algorithm,
    issuer: string(members, 'issuer'),
    certificate: binary(members, 'certificate'),
    derivation: derivationMember(record(members.derivation, 'derivation')),
    check: binary(members, 'check', 32),
    nonce: binary(members, 'nonce', 12),
    ciphertext: binary(members, 'ciphertext'),
    tag: binary(members, 'tag', 16),
  };
}

/** The bytes that the tag covers besides the ciphertext: the other members as JSON, in the order of the type. */
export function authenticatedBytes(sealed: Omit<SealedSigningKey, 'ciphertext' | 'tag'>): Buffer {
  return Buffer.from(JSON.stringify(memberNames.map((name) => sealed[name])));
}

/** The derivation with its salt as bytes. */
export function derivationOf({ derivation }: Pick<SealedSigningKey, 'derivation'>): Derivation {
  return { ...derivation, salt: Buffer.from(derivation.salt, 'base64url') };
}

function derivationMember(members: JsonObject): SealedSigningKey['derivation'] {
  const kind = string(members, 'kind');
  const salt = binary(members, 'salt', 32);
  const { cost } = members;
  if (kind === 'key' && Object.keys(members).length === 2) return { kind, salt };
  if (kind === 'passphrase' && Object.keys(members).length === 3 && typeof cost === 'number' && isCost(cost)) {
    return { kind, salt, cost };
  }
  return refuse('sealed-key-malformed', 'derivation', 'the derivation is not defined in version 1');
}

function record(value: unknown, name: string): JsonObject {
  return isJsonObject(value) ? value : refuse('sealed-key-malformed', name, `${name} must be an object`);
}

function string(members: JsonObject, name: string): string {
  const value = members[name];
  if (typeof value !== 'string' || value === '') {
    return refuse('sealed-key-malformed', name, `${name} must be a non-empty string`);
  }
  return value;
}

/** Canonical base64url, so that no two files have the same meaning. */
function binary(members: JsonObject, name: string, sizeBytes?: number): string {
  const value = string(members, name);
  const bytes = decodeBase64url(value);
  if (bytes === undefined || (sizeBytes !== undefined && bytes.length !== sizeBytes)) {
    refuse('sealed-key-malformed', name, `${name} must be base64url${sizeBytes ? ` of ${sizeBytes} bytes` : ''}`);
  }
  return value;
}
