/** Requests that policy signers sign, in the forms of the official clients. */
import { createPrivateKey, type KeyObject, type SigningOptions, sign } from 'node:crypto';
import type { TestCertificate } from './certificates.ts';

/** What may be other than in a JWS of the JavaScript client. */
export interface JwsChanges {
  readonly alg?: string;
  /** Where the certificate stands; default `x5c`, Python's client writes `jwk.x5c`. */
  readonly certificateIn?: 'x5c' | 'jwk' | 'both' | 'none';
  readonly header?: object;
  readonly digest?: string;
  readonly options?: SigningOptions;
  /** Signs with another key than the certificate's. */
  readonly key?: KeyObject;
}

/** The private key of a certificate. */
export async function keyOf({ keys }: TestCertificate): Promise<KeyObject> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

/** A JWS by the holder of a certificate; an empty payload is that of a reset. */
export async function signed(
  signer: TestCertificate,
  payload: object | '',
  { alg, certificateIn = 'x5c', header = {}, digest = 'sha256', options, key }: JwsChanges = {},
): Promise<string> {
  const privateKey = key ?? (await keyOf(signer));
  const isRsa = privateKey.asymmetricKeyType === 'rsa';
  const x5c = [signer.base64];
  const certificate = {
    ...(certificateIn === 'x5c' || certificateIn === 'both' ? { x5c } : {}),
    ...(certificateIn === 'jwk' || certificateIn === 'both' ? { jwk: { x5c } } : {}),
  };
  const protectedHeader = { alg: alg ?? (isRsa ? 'RS256' : 'ES256'), ...certificate, ...header };
  const input = `${encode(protectedHeader)}.${payload === '' ? '' : encode(payload)}`;
  const how = options ?? (isRsa ? {} : { dsaEncoding: 'ieee-p1363' as const });
  return `${input}.${sign(digest, Buffer.from(input), { key: privateKey, ...how }).toString('base64url')}`;
}

/** The payload that holds a policy. */
export function policyPayload(text: string): { AttestationPolicy: string } {
  return { AttestationPolicy: Buffer.from(text).toString('base64url') };
}

/** An unsecured JWS. */
export function unsecured(payload: object | ''): string {
  return `${encode({ alg: 'none' })}.${payload === '' ? '' : encode(payload)}.`;
}

/** The payload that names a certificate as policy signer. */
export function certificatePayload({ base64 }: TestCertificate, claim = 'policyCertificate'): object {
  return { [claim]: { kty: 'RSA', x5c: [base64] } };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
