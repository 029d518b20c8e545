/** COSE_Sign1 messages whose signer comes as a certificate chain. Source: RFC 9052, section 4.2; RFC 9360, x5chain. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { decode, encode, Tagged } from 'cborg';
import { refuse } from '../bytes/refusal.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';

/** Header labels. */
const labels = { algorithm: 1, critical: 2, contentType: 3, cwtClaims: 15, x5chain: 33 } as const;

interface CoseAlgorithm {
  readonly hash: string;
  readonly keyType: 'ec' | 'rsa';
  /** Octets of the salt of RSASSA-PSS. */
  readonly saltLength?: number;
}

/** IANA COSE algorithms that are accepted. */
const algorithms = new Map<number, CoseAlgorithm>([
  [-7, { hash: 'sha256', keyType: 'ec' }],
  [-35, { hash: 'sha384', keyType: 'ec' }],
  [-36, { hash: 'sha512', keyType: 'ec' }],
  [-37, { hash: 'sha256', keyType: 'rsa', saltLength: 32 }],
  [-38, { hash: 'sha384', keyType: 'rsa', saltLength: 48 }],
  [-39, { hash: 'sha512', keyType: 'rsa', saltLength: 64 }],
]);

const largestMessage = 128 * 1024;
const largestChain = 6;

/** A parsed message. Nothing is trusted until {@link checkCoseSignature} and the chain's verification. */
export interface CoseSign1 {
  readonly algorithm: CoseAlgorithm;
  readonly contentType: string | number | undefined;
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  /** Issuer: CWT claim 1, or the older text label `iss`. */
  readonly issuer: string;
  /** CWT claim 2, or the older text label `feed`. */
  readonly feed: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** The bytes that the signature covers: Sig_structure. */
  readonly signedBytes: Uint8Array;
}

function malformed(why: string): never {
  return refuse('uvm-malformed', 'UVM endorsement', why);
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
      tags: Tagged.preserve(18),
    });
  } catch {
    return malformed('the message is not CBOR in its strict form');
  }
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

function textClaim(headers: Map<unknown, unknown>, claim: number, older: string): string {
  const claims = headers.get(labels.cwtClaims);
  const value = claims instanceof Map ? claims.get(claim) : headers.get(older);
  return typeof value === 'string' ? value : malformed(`the protected header has no ${older}`);
}

function chainOf(headers: Map<unknown, unknown>): Certificate[] {
  const value = headers.get(labels.x5chain);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > largestChain) malformed(`the chain has more than ${largestChain} certificates`);
  return list.map((der, index) =>
    isBytes(der) ? parseCertificate(der, `x5chain[${index}]`) : malformed('the protected header has no x5chain'),
  );
}

/** Parses a COSE_Sign1 with an attached payload, tagged or not. */
export function parseCoseSign1(bytes: Uint8Array): CoseSign1 {
  if (bytes.length > largestMessage) malformed('the message is larger than 128 KiB');
  const message = decodeCbor(bytes);
  const content = message instanceof Tagged ? message.value : message;
  if (!Array.isArray(content) || content.length !== 4) return malformed('the message is not a COSE_Sign1');
  const [protectedBytes, , payload, signature]: readonly unknown[] = content;
  if (!isBytes(protectedBytes) || !isBytes(payload) || !isBytes(signature))
    return malformed('a part of the message is not bytes');
  const headers = decodeCbor(protectedBytes);
  if (!(headers instanceof Map)) return malformed('the protected header is not a map');
  if (headers.has(labels.critical)) malformed('critical header parameters are not understood');
  const algorithm = algorithms.get(Number(headers.get(labels.algorithm)));
  if (algorithm === undefined)
    return refuse('uvm-algorithm', 'UVM endorsement', 'the signature algorithm is not accepted');
  const contentType: unknown = headers.get(labels.contentType);
  return {
    algorithm,
    contentType: typeof contentType === 'string' || typeof contentType === 'number' ? contentType : undefined,
    chain: chainOf(headers),
    issuer: textClaim(headers, 1, 'iss'),
    feed: textClaim(headers, 2, 'feed'),
    payload,
    signature,
    signedBytes: encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
  };
}

/** Checks that the key signed the message. */
export function checkCoseSignature(message: CoseSign1, key: KeyObject): void {
  const { algorithm, signedBytes, signature } = message;
  const options =
    algorithm.saltLength === undefined
      ? { key, dsaEncoding: 'ieee-p1363' as const }
      : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength };
  if (key.asymmetricKeyType !== algorithm.keyType || !verify(algorithm.hash, signedBytes, options, signature)) {
    refuse('uvm-signature', 'UVM endorsement', 'the signing certificate did not sign the endorsement');
  }
}
