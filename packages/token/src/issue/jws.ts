/** Signs claims as a JSON Web Token (RFC 7519) in JWS compact serialization (RFC 7515, section 7.1). */
import { createHash, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type JsonObject, settle, settleAsync, writeExactJson } from '@atesto/core';
import { certsUri } from '../issuer.ts';
import { algorithmFacts } from '../keys/algorithm.ts';
import type { HeldSigningKey, PublishedKey, SigningKey } from '../keys/signing-key.ts';
import { refuse, type TokenOutcome } from '../refusal.ts';

/** The form of the signing certificate in the header. */
export type CertificateHeader = 'none' | 'x5c' | 'x5t';

/** Options of issuing a token. */
export interface IssueOptions {
  /** `x5c`: the certificate itself (TPM and VBS tokens); `x5t`: its SHA-1 thumbprint (their `omit_x5c` property). Default `none`. */
  readonly certificateHeader?: CertificateHeader;
}

/**
 * Signs in the calling thread: fastest for ECDSA keys, and for a process with nothing else to do.
 *
 * @example
 * const token = issueToken(key, { iss: key.issuer, iat: 1750377600, exp: 1750406400 });
 * if (!token.ok) console.error(token.refusal.code);
 */
export function issueToken(key: SigningKey, claims: JsonObject, options: IssueOptions = {}): TokenOutcome<string> {
  return settle(() => {
    const { digest, signOptions } = algorithmFacts[key.algorithm];
    const input = signingInput(key, claims, options);
    const signature = sign(digest, Buffer.from(input), { key: key.privateKey, ...signOptions });
    return `${input}.${signature.toString('base64url')}`;
  });
}

const signInPool = promisify(
  (
    digest: string,
    input: Buffer,
    key: Parameters<typeof sign>[2],
    done: (error: Error | null, signature: Buffer) => void,
  ) => sign(digest, input, key, done),
);

/** As {@link issueToken}, but signs in the thread pool: does not block the event loop, and uses several cores. */
export function issueTokenInPool(
  key: SigningKey,
  claims: JsonObject,
  options: IssueOptions = {},
): Promise<TokenOutcome<string>> {
  return settleAsync(async () => {
    const { digest, signOptions } = algorithmFacts[key.algorithm];
    const input = signingInput(key, claims, options);
    const signature = await signInPool(digest, Buffer.from(input), { key: key.privateKey, ...signOptions });
    return `${input}.${signature.toString('base64url')}`;
  });
}

/** As {@link issueToken}, but signs with the holder of the key. Refuses with `key-unavailable` when the holder returns no signature. */
export function issueTokenByHolder(
  key: HeldSigningKey,
  claims: JsonObject,
  options: IssueOptions = {},
): Promise<TokenOutcome<string>> {
  return settleAsync(async () => {
    const input = signingInput(key, claims, options);
    const signature = await key.sign(Buffer.from(input)).catch(() => {
      return refuse(
        'key-unavailable',
        key.kid,
        'the holder of the signing key did not sign; see the log of the service',
      );
    });
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  });
}

/** An unsecured token (RFC 7519 section 6): `alg` is `none` and the signature empty. Only for draft policies; it proves nothing. */
export function issueUnsecuredToken(claims: JsonObject): TokenOutcome<string> {
  return settle(() => `${encode('{"alg":"none","typ":"JWT"}')}.${encode(writeExactJson(claims))}.`);
}

function signingInput(key: PublishedKey, claims: JsonObject, options: IssueOptions): string {
  if (claims.iss !== key.issuer) {
    refuse('issuer-mismatch', 'iss', `the key signs only for ${key.issuer}`);
  }
  return `${header(key, options.certificateHeader ?? 'none')}.${encode(writeExactJson(claims))}`;
}

/** Encoded headers by key and form: they never change. */
const headers: Readonly<Record<CertificateHeader, WeakMap<PublishedKey, string>>> = {
  none: new WeakMap(),
  x5c: new WeakMap(),
  x5t: new WeakMap(),
};

function header(key: PublishedKey, kind: CertificateHeader): string {
  const known = headers[kind].get(key);
  if (known !== undefined) return known;
  const text = encode(
    JSON.stringify({
      alg: key.algorithm,
      kid: key.kid,
      jku: certsUri(key.issuer),
      typ: 'JWT',
      ...certificateMember(key, kind),
    }),
  );
  headers[kind].set(key, text);
  return text;
}

function certificateMember(key: PublishedKey, kind: CertificateHeader): { x5c?: string[]; x5t?: string } {
  if (kind === 'x5c') return { x5c: [Buffer.from(key.certificate).toString('base64')] };
  // RFC 7515 section 4.1.7 fixes SHA-1; it names the certificate and proves nothing.
  if (kind === 'x5t') return { x5t: createHash('sha1').update(key.certificate).digest('base64url') };
  return {};
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
