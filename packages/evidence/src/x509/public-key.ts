/** Imports public keys of certificates: of an accepted type and size, in their one DER encoding. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyFault, nodeKeyFacts } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { DerReader, tags } from './der.ts';

const rsaEncryption = '1.2.840.113549.1.1.1';

/** Checks the structure: parameters are NULL for RSA and a curve's name for EC, never a curve in full (RFC 5480, section 2.1.1). */
function checkStructure(spki: Uint8Array, where: string): void {
  const outer = new DerReader(spki, where);
  const fields = outer.enter(tags.sequence);
  outer.end();
  const algorithm = fields.enter(tags.sequence);
  const isRsa = algorithm.oid() === rsaEncryption;
  if (isRsa) algorithm.expect(tags.null);
  else if (algorithm.optional(tags.oid) === undefined && !algorithm.done) {
    refuse('certificate-key', where, 'the public key is not on a named curve');
  }
  algorithm.end();
  fields.bitStringBytes();
  fields.end();
}

/** Imports a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). Refuses with `certificate-malformed` and `certificate-key`. */
export function importPublicKey(spki: Uint8Array, where: string): KeyObject {
  checkStructure(spki, where);
  const { key, encoded } = imported(spki, where);
  const fault = keyFault('certificate', nodeKeyFacts(key));
  if (fault !== undefined) refuse('certificate-key', where, `the public key ${fault}`);
  // The platform's parser ignores bytes after a key within its BIT STRING, and accepts several encodings of a number.
  if (!encoded.equals(spki)) {
    refuse('certificate-malformed', where, 'the public key is not in the distinguished encoding rules (DER)');
  }
  return key;
}

/**
 * The key, and its encoding by the platform. The platform can read the point at infinity but not write it. It is not a public key: anybody can
 * make signatures that the platform would accept under it.
 */
function imported(spki: Uint8Array, where: string): { readonly key: KeyObject; readonly encoded: Buffer } {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return { key, encoded: key.export({ format: 'der', type: 'spki' }) };
  } catch {
    return refuse('certificate-malformed', where, 'the public key is not usable');
  }
}

/** Whether two keys are the same. `KeyObject.equals` leaves an error of OpenSSL behind for keys of two kinds, with which reading a private key then fails. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
  const [left, right] = [one, other].map((key) => key.export({ format: 'der', type: 'spki' }));
  return left !== undefined && right !== undefined && left.equals(right);
}
