/**
 * Every verifier of raw signatures against Wycheproof: certificates and lists, quotes of TPMs, endorsements of utility VMs. A case may be
 * judged otherwise than the suite says only with a reason in the tables here.
 */

import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { Refused } from '@atesto/core';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { checkCoseSignature } from '../sevsnp/cose.ts';
import { checkTpmSignature } from '../tpm/signature.ts';
import { DerReader } from './der.ts';
import { importPublicKey } from './public-key.ts';
import { parseSignatureAlgorithm, signatureHolds } from './signature.ts';

const folder = ['conformance', 'wycheproof'] as const;
const skip = vectorsMissing(...folder);

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly msg: string;
  readonly sig: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}
interface Group {
  readonly publicKeyDer: string;
  readonly sha: string;
  readonly mgfSha?: string;
  readonly sLen?: number;
  readonly tests: readonly Case[];
}
type Verifier = (spki: Buffer, message: Buffer, signature: Buffer) => boolean;

const holds = (work: () => boolean): boolean => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
};

const algorithm = (hex: string) =>
  parseSignatureAlgorithm(new DerReader(Buffer.from(hex, 'hex'), 'test').next(), 'test');
const certificate =
  (identifier: string): Verifier =>
  (spki, message, signature) =>
    signatureHolds(algorithm(identifier), importPublicKey(spki, 'test'), message, signature);

const keyOf = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });
const cose =
  (hash: string, keyType: 'ec' | 'rsa', saltLength?: number): Verifier =>
  (spki, message, signature) => {
    const used = { hash, keyType, ...(saltLength === undefined ? {} : { saltLength }) };
    checkCoseSignature({ algorithm: used, signature, signedBytes: message }, importPublicKey(spki, 'test'));
    return true;
  };

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
const tpmEcdsa =
  (hash: number): Verifier =>
  (spki, message, signature) => {
    const [r, s] = [signature.subarray(0, signature.length / 2), signature.subarray(signature.length / 2)];
    checkTpmSignature(message, Buffer.concat([u16(0x18), u16(hash), sized(r), sized(s)]), keyOf(spki), 'test');
    return true;
  };
const tpmRsa =
  (hash: number): Verifier =>
  (spki, message, signature) => {
    checkTpmSignature(message, Buffer.concat([u16(0x14), u16(hash), sized(signature)]), keyOf(spki), 'test');
    return true;
  };

const pss =
  '304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130';
const isAny: Verifier = certificate(pss);

/** The cases that are judged otherwise than the suite says, and why. */
type Disagreements = Readonly<Record<number, string>>;

const because = (why: string, ...cases: readonly number[]): Disagreements =>
  Object.fromEntries(cases.map((tcId) => [tcId, why]));
const leftPadded =
  'TPM2B values have no leading zeros, so that r and s of fewer bytes than the curve are the same numbers';

/** One verifier against one file. */
interface Row {
  readonly verifier: string;
  readonly file: string;
  readonly verify: Verifier;
  /** True: signatures of these parameters are never valid for the verifier; a text: those of any other hash, mask and salt are not. */
  readonly isForeign?: true | string;
  readonly disagreements?: Disagreements;
}

const rows: readonly Row[] = [
  { verifier: 'certificates', file: 'ecdsa_secp256r1_sha256', verify: certificate('300a06082a8648ce3d040302') },
  { verifier: 'certificates', file: 'ecdsa_secp384r1_sha384', verify: certificate('300a06082a8648ce3d040303') },
  { verifier: 'certificates', file: 'ecdsa_secp521r1_sha512', verify: certificate('300a06082a8648ce3d040304') },
  {
    verifier: 'certificates',
    file: 'rsa_signature_2048_sha256',
    verify: certificate('300d06092a864886f70d01010b0500'),
  },
  {
    verifier: 'certificates',
    file: 'rsa_signature_3072_sha384',
    verify: certificate('300d06092a864886f70d01010c0500'),
  },
  {
    verifier: 'certificates',
    file: 'rsa_signature_4096_sha512',
    verify: certificate('300d06092a864886f70d01010d0500'),
  },
  { verifier: 'certificates', file: 'rsa_pss_4096_sha384_mgf1_48', verify: isAny },
  { verifier: 'certificates', file: 'rsa_pss_2048_sha256_mgf1_32', verify: isAny, isForeign: true },
  { verifier: 'certificates', file: 'rsa_pss_misc', verify: isAny, isForeign: 'SHA-384 SHA-384 48' },
  { verifier: 'utility VMs', file: 'rsa_pss_misc', verify: cose('sha512', 'rsa', 64), isForeign: 'SHA-512 SHA-512 64' },
  { verifier: 'utility VMs', file: 'ecdsa_secp256r1_sha256_p1363', verify: cose('sha256', 'ec') },
  { verifier: 'utility VMs', file: 'ecdsa_secp384r1_sha384_p1363', verify: cose('sha384', 'ec') },
  { verifier: 'utility VMs', file: 'ecdsa_secp256r1_sha256', verify: cose('sha256', 'ec'), isForeign: true },
  { verifier: 'utility VMs', file: 'rsa_pss_2048_sha256_mgf1_32', verify: cose('sha256', 'rsa', 32) },
  { verifier: 'utility VMs', file: 'rsa_pss_4096_sha384_mgf1_48', verify: cose('sha384', 'rsa', 48) },
  {
    verifier: 'utility VMs',
    file: 'rsa_pss_2048_sha256_mgf1_0',
    verify: cose('sha256', 'rsa', 32),
    isForeign: true,
    disagreements: because('its salt has the 32 bytes that are wanted here', 69),
  },
  {
    verifier: 'utility VMs',
    file: 'rsa_pss_2048_sha256_mgf1sha1_20',
    verify: cose('sha256', 'rsa', 32),
    isForeign: true,
  },
  {
    verifier: 'utility VMs',
    file: 'rsa_signature_2048_sha256',
    verify: cose('sha256', 'rsa', 32),
    isForeign: true,
    disagreements: because('a genuine RSASSA-PSS signature with SHA-256, which is wanted here', 257),
  },
  {
    verifier: 'TPMs',
    file: 'ecdsa_secp256r1_sha256_p1363',
    verify: tpmEcdsa(0x0b),
    disagreements: because(leftPadded, 121, 123, 125, 127, 129, 131, 133, 135, 145, 147, 149, 151),
  },
  {
    verifier: 'TPMs',
    file: 'ecdsa_secp384r1_sha384_p1363',
    verify: tpmEcdsa(0x0c),
    disagreements: because(leftPadded, 153, 155, 157, 159, 161, 163, 173, 175, 177, 179),
  },
  { verifier: 'TPMs', file: 'rsa_signature_2048_sha256', verify: tpmRsa(0x0b) },
  { verifier: 'TPMs', file: 'rsa_signature_3072_sha384', verify: tpmRsa(0x0c) },
  { verifier: 'TPMs', file: 'rsa_signature_4096_sha512', verify: tpmRsa(0x0d) },
  {
    verifier: 'TPMs',
    file: 'rsa_pss_2048_sha256_mgf1_32',
    verify: tpmRsa(0x0b),
    isForeign: true,
    disagreements: because('a genuine PKCS #1 v1.5 signature with SHA-256, which is wanted here', 108),
  },
];

/** The groups of a file. */
function groupsOf(file: string): readonly Group[] {
  const { testGroups }: { testGroups: readonly Group[] } = JSON.parse(
    String(readVector(...folder, `${file}_test.json`)),
  );
  return testGroups;
}

describe('Wycheproof', { skip }, () => {
  for (const { verifier, file, verify, isForeign, disagreements = {} } of rows) {
    test(`${verifier}, ${file}: every case is judged as the suite says, or for a reason`, () => {
      const found: Record<string, string> = {};
      let accepted = 0;
      for (const { publicKeyDer, tests, sha, mgfSha, sLen } of groupsOf(file)) {
        const isOther = isForeign === true || (isForeign ?? `${sha} ${mgfSha} ${sLen}`) !== `${sha} ${mgfSha} ${sLen}`;
        for (const { tcId, msg, sig, result, comment, flags } of tests) {
          const verdict = holds(() =>
            verify(Buffer.from(publicKeyDer, 'hex'), Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex')),
          );
          accepted += verdict ? 1 : 0;
          const expected = isOther ? 'invalid' : result;
          if (expected !== 'acceptable' && verdict !== (expected === 'valid')) {
            found[tcId] = `${verdict ? 'accepted' : 'refused'}: ${comment} [${flags}]`;
          }
        }
      }
      assert.deepEqual(Object.keys(found), Object.keys(disagreements), JSON.stringify(found, undefined, 1));
      assert.equal(accepted > 0, isForeign !== true || Object.keys(disagreements).length > 0);
    });
  }
});
