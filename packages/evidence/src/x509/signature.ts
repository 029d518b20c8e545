/** The accepted signature algorithms of certificates and revocation lists, and their verification. */

import { constants, type KeyObject, verify } from 'node:crypto';
import { refuse } from '../outcome.ts';
import { type DerElement, DerReader, tags } from './der.ts';

interface SignatureAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly keyType: 'ec' | 'rsa';
  readonly padding?: number;
  readonly saltLength?: number;
}

const plain = new Map<string, SignatureAlgorithm>([
  ['1.2.840.10045.4.3.2', { name: 'ecdsa-with-SHA256', hash: 'sha256', keyType: 'ec' }],
  ['1.2.840.10045.4.3.3', { name: 'ecdsa-with-SHA384', hash: 'sha384', keyType: 'ec' }],
  ['1.2.840.10045.4.3.4', { name: 'ecdsa-with-SHA512', hash: 'sha512', keyType: 'ec' }],
  ['1.2.840.113549.1.1.11', { name: 'sha256WithRSAEncryption', hash: 'sha256', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.12', { name: 'sha384WithRSAEncryption', hash: 'sha384', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.13', { name: 'sha512WithRSAEncryption', hash: 'sha512', keyType: 'rsa' }],
]);

const rsassaPss = '1.2.840.113549.1.1.10';
/** RSASSA-PSS-params (RFC 4055, 3.1) as AMD writes them: SHA-384, MGF1 with SHA-384, salt of 48 bytes; trailer default, given or not. */
const pssSha384 = [
  '3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130',
  '3039a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130a303020101',
  '3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609608648016503040202a203020130',
  '3035a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609608648016503040202a203020130a303020101',
];

/** Reads an AlgorithmIdentifier; refuses an algorithm that is not accepted. */
export function parseSignatureAlgorithm(element: DerElement, name: string): SignatureAlgorithm {
  const fields = new DerReader(element.contents, name);
  const oid = fields.oid();
  if (oid === rsassaPss) {
    const parameters = Buffer.from(fields.expect(tags.sequence).whole).toString('hex');
    fields.end();
    if (pssSha384.includes(parameters)) {
      return {
        name: 'rsassaPss with SHA-384',
        hash: 'sha384',
        keyType: 'rsa',
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 48,
      };
    }
    return refuse(
      'certificate-signature-algorithm',
      name,
      'RSASSA-PSS is accepted with SHA-384 and a salt of 48 bytes only',
    );
  }
  const algorithm = plain.get(oid);
  if (algorithm === undefined) {
    return refuse('certificate-signature-algorithm', name, `signature algorithm ${oid} is not accepted`);
  }
  if (algorithm.keyType === 'rsa' && (fields.optional(tags.null)?.contents.length ?? 0) > 0) {
    refuse('der-malformed', name, 'a NULL must be empty');
  }
  fields.end();
  return algorithm;
}

/** Whether the signature verifies under the key. False for a key of another type than the algorithm's. */
export function signatureHolds(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.asymmetricKeyType !== algorithm.keyType) return false;
  const { padding, saltLength } = algorithm;
  const options = {
    key,
    ...(padding === undefined ? {} : { padding }),
    ...(saltLength === undefined ? {} : { saltLength }),
  };
  return verify(algorithm.hash, signed, options, signature);
}

export type { SignatureAlgorithm };
