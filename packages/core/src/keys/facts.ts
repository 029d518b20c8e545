/** Reads type, size and curve of a public key from node:crypto, WebCrypto and JSON Web Keys (RFC 7518, section 6). */
import { decodeBase64url } from '../bytes/base64.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Curve, KeyFacts } from './accepted.ts';

/** The members of node:crypto's `KeyObject` that are read. */
export interface NodeKey {
  readonly asymmetricKeyType?: string | undefined;
  readonly asymmetricKeyDetails?:
    | {
        readonly modulusLength?: number | undefined;
        readonly publicExponent?: bigint | undefined;
        readonly namedCurve?: string | undefined;
      }
    | undefined;
}

/** The members of WebCrypto's `CryptoKey` that are read. */
export interface WebKey {
  readonly algorithm: { readonly name: string };
}

const other: KeyFacts = { kind: 'other' };
const curves = new Map<unknown, Curve>([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
  ['P-256', 'P-256'],
  ['P-384', 'P-384'],
  ['P-521', 'P-521'],
  ['Ed25519', 'Ed25519'],
]);

function onCurve(name: unknown): KeyFacts {
  const curve = curves.get(name);
  return curve === undefined ? other : { kind: 'curve', curve };
}

/** The facts of a node:crypto key. Keys restricted to RSASSA-PSS are `other`. */
export function nodeKeyFacts({ asymmetricKeyType, asymmetricKeyDetails = {} }: NodeKey): KeyFacts {
  if (asymmetricKeyType === 'rsa') {
    const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails;
    return { kind: 'rsa', bits: modulusLength, exponent: publicExponent };
  }
  return asymmetricKeyType === 'ec' ? onCurve(asymmetricKeyDetails.namedCurve) : other;
}

/** The facts of a WebCrypto key. */
export function webKeyFacts({ algorithm }: WebKey): KeyFacts {
  if (algorithm.name === 'RSASSA-PKCS1-v1_5' || algorithm.name === 'RSA-PSS') {
    const bits: unknown = 'modulusLength' in algorithm ? algorithm.modulusLength : undefined;
    const exponent: unknown = 'publicExponent' in algorithm ? algorithm.publicExponent : undefined;
    if (typeof bits !== 'number' || !(exponent instanceof Uint8Array)) return other;
    return { kind: 'rsa', bits, exponent: numberOf(exponent) };
  }
  return algorithm.name === 'ECDSA' && 'namedCurve' in algorithm ? onCurve(algorithm.namedCurve) : other;
}

/** The facts of a public JSON Web Key; a malformed key is `other`. */
export function jwkFacts({ kty, n, e, crv }: JsonObject): KeyFacts {
  if (kty === 'EC') return onCurve(crv === 'Ed25519' ? undefined : crv);
  if (kty === 'OKP') return crv === 'Ed25519' ? onCurve(crv) : other;
  const modulus = kty === 'RSA' ? integerOf(n) : undefined;
  const exponent = integerOf(e);
  if (modulus === undefined || exponent === undefined || modulus % 2n === 0n) return other;
  return { kind: 'rsa', bits: modulus.toString(2).length, exponent };
}

/** Base64urlUInt of RFC 7518, section 2; leading zeros, which some issuers write, are ignored. */
function integerOf(value: JsonValue | undefined): bigint | undefined {
  const bytes = typeof value === 'string' && value.length <= 2048 ? decodeBase64url(value) : undefined;
  return bytes === undefined || bytes.length === 0 ? undefined : numberOf(bytes);
}

function numberOf(bytes: Uint8Array): bigint {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return BigInt(`0x0${digits}`);
}
