/**
 * Parses the public area of a TPM key and checks its attributes. Source: TCG, Trusted Platform Module Library, Part 2: Structures
 * (TPMT_PUBLIC, TPMA_OBJECT).
 */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ByteReader, keyFault, nodeKeyFacts } from '@atesto/core';
import { tpmHashOf } from './algorithms.ts';
import { refuseTpm, sized } from './attest.ts';

const algorithms = { rsa: 0x0001, null: 0x0010, rsaes: 0x0015, ecc: 0x0023 } as const;
/** Schemes that name a hash: RSASSA, RSAPSS, OAEP, ECDSA. */
const hashedSchemes = [0x0014, 0x0016, 0x0017, 0x0018];
const leastExponent = 3;
const curves = new Map([
  [0x0003, { crv: 'P-256', sizeBytes: 32 }],
  [0x0004, { crv: 'P-384', sizeBytes: 48 }],
]);
/** Bits of TPMA_OBJECT. */
const attributeBits = {
  fixedTpm: 1,
  fixedParent: 4,
  sensitiveDataOrigin: 5,
  userWithAuth: 6,
  restricted: 16,
  decrypt: 17,
  sign: 18,
} as const;

/** The attributes that determine how a key can be used. */
export type TpmAttributes = { readonly [attribute in keyof typeof attributeBits]: boolean };

/** A TPM's object that is an asymmetric key. */
export interface TpmPublicArea {
  readonly attributes: TpmAttributes;
  /** The policy digest that its use requires; empty: none. */
  readonly authPolicy: Uint8Array;
  readonly publicKey: KeyObject;
  /** TPM2B_NAME's contents: the hash's id, then the hash of the public area. */
  readonly name: Uint8Array;
}

function attributesOf(word: number): TpmAttributes {
  const is = (bit: number): boolean => ((word >>> bit) & 1) === 1;
  return {
    fixedTpm: is(attributeBits.fixedTpm),
    fixedParent: is(attributeBits.fixedParent),
    sensitiveDataOrigin: is(attributeBits.sensitiveDataOrigin),
    userWithAuth: is(attributeBits.userWithAuth),
    restricted: is(attributeBits.restricted),
    decrypt: is(attributeBits.decrypt),
    sign: is(attributeBits.sign),
  };
}

/** TPMT_SYM_DEF_OBJECT: algorithm, key bits and mode, the latter unless the algorithm is null. */
function skipSymmetric(reader: ByteReader): void {
  if (reader.u16BE('symmetric') !== algorithms.null) reader.bytes(4, 'symmetric key bits and mode');
}

function skipScheme(reader: ByteReader): void {
  const where = reader.where();
  const scheme = reader.u16BE('scheme');
  if (hashedSchemes.includes(scheme)) reader.u16BE('scheme hash');
  else if (scheme !== algorithms.null && scheme !== algorithms.rsaes) {
    refuseTpm('tpm-public-area', where, `scheme ${scheme.toString(16)}h is not known`);
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function rsaKey(reader: ByteReader): JsonWebKey {
  const keyBits = reader.u16BE('keyBits');
  const exponent = reader.u32BE('exponent') || 65537;
  const modulus = sized(reader, 'modulus');
  if (modulus.length * 8 !== keyBits) {
    refuseTpm('tpm-public-area', reader.where(), `a modulus of ${modulus.length} bytes is not of ${keyBits} bits`);
  }
  const isOdd = ((modulus.at(-1) ?? 0) & exponent & 1) === 1;
  if (!isOdd || exponent < leastExponent) {
    refuseTpm('tpm-public-area', reader.where(), 'the modulus or the exponent is not of an RSA key');
  }
  const e = Buffer.alloc(4);
  e.writeUInt32BE(exponent);
  return { kty: 'RSA', n: base64url(modulus), e: base64url(e.subarray(e.findIndex((byte) => byte !== 0))) };
}

function eccKey(reader: ByteReader): JsonWebKey {
  const where = reader.where();
  const curve = curves.get(reader.u16BE('curveID'));
  if (reader.u16BE('kdf') !== algorithms.null) reader.u16BE('kdf hash');
  const x = sized(reader, 'x');
  const y = sized(reader, 'y');
  if (curve === undefined || x.length > curve.sizeBytes || y.length > curve.sizeBytes) {
    return refuseTpm('tpm-public-area', where, 'the point is not on P-256 or P-384');
  }
  const padded = (value: Uint8Array): string =>
    base64url(Buffer.concat([Buffer.alloc(curve.sizeBytes - value.length), value]));
  return { kty: 'EC', crv: curve.crv, x: padded(x), y: padded(y) };
}

function importKey(jwk: JsonWebKey, where: string): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return refuseTpm('tpm-public-area', where, 'the key is not a usable one');
  }
}

/** Parses a TPM2B_PUBLIC of an RSA key, or of a key on P-256 or P-384. */
export function parseTpmPublicArea(bytes: Uint8Array, name: string): TpmPublicArea {
  const whole = new ByteReader(bytes, name);
  const area = sized(whole, 'publicArea');
  whole.end('TPM2B_PUBLIC');
  const reader = new ByteReader(area, name, 2);
  const type = reader.u16BE('type');
  const nameAlg = reader.u16BE('nameAlg');
  const hash = tpmHashOf(nameAlg);
  if (hash === undefined) return refuseTpm('tpm-hash-algorithm', `${name}+4`, 'the name is of a hash not accepted');
  if (type !== algorithms.rsa && type !== algorithms.ecc) {
    return refuseTpm('tpm-public-area', `${name}+2`, 'the object is neither an RSA nor an ECC key');
  }
  const attributes = attributesOf(reader.u32BE('objectAttributes'));
  const authPolicy = sized(reader, 'authPolicy');
  skipSymmetric(reader);
  skipScheme(reader);
  const jwk = type === algorithms.rsa ? rsaKey(reader) : eccKey(reader);
  reader.end('TPMT_PUBLIC');
  const id = Buffer.from(bytes.subarray(4, 6));
  return {
    attributes,
    authPolicy,
    publicKey: importKey(jwk, name),
    name: Buffer.concat([id, createHash(hash.name).update(area).digest()]),
  };
}

/** Checks that a key was created in its TPM and signs only structures that the TPM created. */
export function checkAttestationKeyAttributes({ attributes }: TpmPublicArea, name: string): void {
  const { restricted, sign, decrypt, fixedTpm, fixedParent, sensitiveDataOrigin } = attributes;
  if (!(restricted && sign && !decrypt && fixedTpm && fixedParent && sensitiveDataOrigin)) {
    refuseTpm('tpm-key-attributes', name, 'it is not a restricted signing key that was made in its TPM');
  }
}

/** Checks that only the key's TPM can decrypt with it. */
export function checkEncryptionKeyAttributes({ attributes, publicKey }: TpmPublicArea, name: string): void {
  const { restricted, decrypt, fixedTpm, fixedParent, sensitiveDataOrigin } = attributes;
  if (!(decrypt && !restricted && fixedTpm && fixedParent && sensitiveDataOrigin)) {
    refuseTpm('tpm-key-attributes', name, 'it is not a decryption key that was made in its TPM');
  }
  const facts = nodeKeyFacts(publicKey);
  const fault = facts.kind === 'rsa' ? keyFault('tpm', facts) : 'must be RSA: the reply is encrypted to it';
  if (fault !== undefined) refuseTpm('tpm-key', name, `the key ${fault}`);
}
