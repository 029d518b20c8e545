/** Verifies the signature of a TPM structure. Source: TCG, Trusted Platform Module Library, Part 2: Structures (TPMT_SIGNATURE). */
import { type KeyObject, verify } from 'node:crypto';
import { ByteReader, keyFault, nodeKeyFacts } from '@atesto/core';
import { type TpmHash, tpmHashOf } from './algorithms.ts';
import { refuseTpm, sized } from './attest.ts';

const rsassa = 0x0014;
const ecdsa = 0x0018;
const sha256 = 0x000b;
/** Length of a coordinate in bytes, by curve. */
const coordinateBytes = new Map<string | undefined, number>([
  ['prime256v1', 32],
  ['secp384r1', 48],
]);

interface TpmSignature {
  readonly hash: TpmHash;
  /** As node:crypto takes it: the RSA value, or r || s. */
  readonly value: Uint8Array;
}

function hashOf(id: number, where: string): TpmHash {
  return tpmHashOf(id) ?? refuseTpm('tpm-hash-algorithm', where, `hash ${id.toString(16)}h is not accepted`);
}

function checkKey(key: KeyObject): 'rsa' | 'ec' {
  const facts = nodeKeyFacts(key);
  const fault = keyFault('tpm', facts);
  if (fault !== undefined) refuseTpm('tpm-key', 'attestation key', `the key ${fault}`);
  return facts.kind === 'rsa' ? 'rsa' : 'ec';
}

/** TPM2B leave leading zeros away; a coordinate that is too long belongs to no signature of the key. */
function coordinate(bytes: Uint8Array, sizeBytes: number, where: string): Uint8Array {
  const digits = Buffer.from(bytes);
  if (digits.length > sizeBytes) {
    refuseTpm('tpm-signature', where, `a value of ${digits.length} bytes is longer than the curve`);
  }
  return Buffer.concat([Buffer.alloc(sizeBytes - digits.length), digits]);
}

function parseSignature(bytes: Uint8Array, key: KeyObject, name: string): TpmSignature {
  const kind = checkKey(key);
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  // Azure's clients strip the structure from RSA signatures, whose scheme is then the key's: RSASSA with SHA-256.
  if (kind === 'rsa' && bytes.length * 8 === modulusLength) return { hash: hashOf(sha256, name), value: bytes };
  const reader = new ByteReader(bytes, name);
  const scheme = reader.u16BE('sigAlg');
  if (scheme !== (kind === 'rsa' ? rsassa : ecdsa)) {
    refuseTpm('tpm-signature-scheme', `${name}+0`, `scheme ${scheme.toString(16)}h is not the one of the key`);
  }
  const hash = hashOf(reader.u16BE('hash'), `${name}+2`);
  const sizeBytes = coordinateBytes.get(namedCurve) ?? 0;
  const value =
    kind === 'rsa'
      ? sized(reader, 'signature')
      : Buffer.concat([
          coordinate(sized(reader, 'signatureR'), sizeBytes, name),
          coordinate(sized(reader, 'signatureS'), sizeBytes, name),
        ]);
  reader.end('TPMT_SIGNATURE');
  return { hash, value };
}

/**
 * Checks the signature of a TPMS_ATTEST and answers the hash that it was made with.
 * @param signature a TPMT_SIGNATURE (RSASSA or ECDSA), or the bare value of RSASSA-PKCS1-v1_5 with SHA-256
 * @param name what was signed, for refusals: `tpm quote`
 */
export function checkTpmSignature(
  attest: Uint8Array,
  signature: Uint8Array,
  attestationKey: KeyObject,
  name: string,
): TpmHash {
  const { hash, value } = parseSignature(signature, attestationKey, `${name} signature`);
  if (!verify(hash.name, attest, { key: attestationKey, dsaEncoding: 'ieee-p1363' }, value)) {
    refuseTpm('tpm-signature', name, 'the attestation key did not sign it');
  }
  return hash;
}
