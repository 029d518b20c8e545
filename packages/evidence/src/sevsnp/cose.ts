/** COSE_Sign1 messages whose signer comes as a certificate chain. Source: RFC 9052, section 4.2; RFC 9360, x5chain. */

import { constants, type KeyObject, verify } from 'node:crypto';
import { decode, encode, Tagged } from 'cborg';
import { refuse } from '../outcome.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import type { SevSnpCode } from './codes.ts';

/** Labels of the protected header. Sources: RFC 9052, table 3; RFC 9597; RFC 9360; COSE Hash Envelope. */
export const coseLabels = {
  algorithm: 1,
  critical: 2,
  contentType: 3,
  cwtClaims: 15,
  x5chain: 33,
  payloadHashAlgorithm: 258,
  preimageContentType: 259,
} as const;

interface CoseAlgorithm {
  readonly hash: string;
  readonly keyType: 'ec' | 'rsa';
  /** Octets of the salt of RSASSA-PSS. */
  readonly saltLength?: number;
}

/** IANA COSE algorithms that are accepted. */
const algorithms = new Map<unknown, CoseAlgorithm>([
  [-7, { hash: 'sha256', keyType: 'ec' }],
  [-35, { hash: 'sha384', keyType: 'ec' }],
  [-36, { hash: 'sha512', keyType: 'ec' }],
  [-37, { hash: 'sha256', keyType: 'rsa', saltLength: 32 }],
  [-38, { hash: 'sha384', keyType: 'rsa', saltLength: 48 }],
  [-39, { hash: 'sha512', keyType: 'rsa', saltLength: 64 }],
]);

const largestMessage = 128 * 1024;
const largestChain = 6;
const tags = { epochTime: 1, sign1: 18 } as const;

/** A parsed message. Nothing is trusted until {@link checkCoseSignature} and the chain's verification. */
export interface CoseSign1 {
  readonly algorithm: CoseAlgorithm;
  /** The protected header; times of tag 1 are plain numbers of seconds. */
  readonly headers: ReadonlyMap<unknown, unknown>;
  /** Leaf first, at least one. */
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** The bytes that the signature covers: Sig_structure. */
  readonly signedBytes: Uint8Array;
}

function refuseCose(code: SevSnpCode, why: string): never {
  return refuse(code, 'UVM endorsement', why);
}

function seconds(value: unknown): number {
  return typeof value === 'number' ? value : refuseCose('uvm-malformed', 'a time of the message is not a number');
}

/** Decodes strictly; the library throws plain errors, and RangeError on deep nesting. */
function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      tags: { ...Tagged.preserve(tags.sign1), [tags.epochTime]: (value) => seconds(value()) },
    });
  } catch {
    return refuseCose('uvm-malformed', 'the message is not CBOR in its strict form');
  }
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

function chainOf(headers: ReadonlyMap<unknown, unknown>): readonly [Certificate, ...Certificate[]] {
  const value = headers.get(coseLabels.x5chain);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > largestChain) {
    return refuseCose('uvm-malformed', `the chain has more than ${largestChain} certificates`);
  }
  const [leaf, ...authorities] = list.map((der, index) =>
    isBytes(der)
      ? parseCertificate(der, `x5chain[${index}]`)
      : refuseCose('uvm-malformed', 'the protected header has no x5chain'),
  );
  return leaf === undefined ? refuseCose('uvm-malformed', 'the x5chain is empty') : [leaf, ...authorities];
}

/** Parses a COSE_Sign1 with an attached payload, tagged or not; refuses by throwing within this package. */
export function parseCoseSign1(bytes: Uint8Array): CoseSign1 {
  if (bytes.length > largestMessage) return refuseCose('uvm-malformed', 'the message is larger than 128 KiB');
  const message = decodeCbor(bytes);
  const content: unknown = message instanceof Tagged ? message.value : message;
  if (!Array.isArray(content) || content.length !== 4) {
    return refuseCose('uvm-malformed', 'the message is not a COSE_Sign1');
  }
  const [protectedBytes, unprotectedHeaders, payload, signature]: readonly unknown[] = content;
  if (!isBytes(protectedBytes) || !(unprotectedHeaders instanceof Map) || !isBytes(payload) || !isBytes(signature)) {
    return refuseCose('uvm-malformed', 'a part of the message is of the wrong kind');
  }
  const headers = decodeCbor(protectedBytes);
  if (!(headers instanceof Map)) return refuseCose('uvm-malformed', 'the protected header is not a map');
  if (headers.has(coseLabels.critical)) {
    return refuseCose('uvm-malformed', 'critical header parameters are not understood');
  }
  const algorithm = algorithms.get(headers.get(coseLabels.algorithm));
  if (algorithm === undefined) return refuseCose('uvm-algorithm', 'the signature algorithm is not accepted');
  return {
    algorithm,
    headers,
    chain: chainOf(headers),
    payload,
    signature,
    signedBytes: encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
  };
}

/** Checks that the key signed the message. */
export function checkCoseSignature(
  { algorithm, signedBytes, signature }: Pick<CoseSign1, 'algorithm' | 'signedBytes' | 'signature'>,
  key: KeyObject,
): void {
  const options =
    algorithm.saltLength === undefined
      ? { key, dsaEncoding: 'ieee-p1363' as const }
      : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength };
  if (key.asymmetricKeyType !== algorithm.keyType || !verify(algorithm.hash, signedBytes, options, signature)) {
    refuseCose('uvm-signature', 'the signing certificate did not sign the endorsement');
  }
}
