/**
 * Verifies access tokens: signature, issuer, audience, dates. RFC 6750 (bearer), RFC 9068 (JWT profile), RFC 8725 (best current practices:
 * only listed algorithms, the type is checked, keys come from the issuer alone).
 */
import { decodeBase64url, isJsonObject, type JsonObject, readJson } from '@atesto/core';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { orAborted } from '../abortable.ts';
import type { ServiceCode } from '../codes.ts';
import { refuse } from '../refuse.ts';
import { IssuerUnreachable, type OpenIdIssuer } from './openid-issuer.ts';

/** Who calls. */
export interface Caller {
  readonly issuer: string;
  /** `sub`: unique within the issuer. */
  readonly subject: string;
  /** All claims of the access token. */
  readonly claims: Readonly<JWTPayload>;
}

/** How logs, the audit record and the history of the store name a caller: subjects are unique within their issuer. */
export function callerName({ issuer, subject }: Pick<Caller, 'issuer' | 'subject'>): string {
  return `${issuer}#${subject}`;
}

/** What a token must be for: the attestation API, or the resource-provider API. */
export type TokenPurpose = 'attestation' | 'management';

/** What of an issuer is needed to verify its tokens. */
export type TokenIssuer = Pick<OpenIdIssuer, 'settings' | 'keyFor'>;

/** Verifies access tokens of a set of issuers. */
export interface AccessTokens {
  readonly issuers: readonly TokenIssuer[];
  /** The audiences of the resource-provider API; those of attestation are settings of each issuer. */
  readonly managementAudiences: readonly string[];
  readonly clockSkewSeconds: number;
}

/** Names of JWS; never `none`, never one with a shared secret. */
export const accessTokenAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const types = new Set(['at+jwt', 'application/at+jwt', 'jwt']);
const where = 'authorization';

/** The token of an `Authorization` header; undefined when there is no header. Refuses with `access-token-malformed`. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*) *$/i.exec(header)?.[1];
  return token ?? refuseToken('access-token-malformed', 'it must be "Bearer" and a token in JWT form');
}

/**
 * Verifies a token at the system's time. Refuses with an `access-token-…` code or with `issuer-unreachable`; throws the reason of
 * `signal` when that aborts while the issuer is asked.
 */
export async function verifyAccessToken(
  token: string,
  accepted: AccessTokens,
  purpose: TokenPurpose,
  signal: AbortSignal,
): Promise<Caller> {
  const issuer = issuerOf(token, accepted.issuers);
  const audiences = purpose === 'attestation' ? issuer.settings.audiences : accepted.managementAudiences;
  try {
    const { payload } = await jwtVerify(
      token,
      (header, jws) => orAborted(Promise.resolve(issuer.keyFor(header, jws)), signal),
      {
        algorithms: [...accessTokenAlgorithms],
        issuer: issuer.settings.issuer,
        audience: audiences.flatMap(withAndWithoutSlash),
        clockTolerance: accepted.clockSkewSeconds,
        requiredClaims: ['exp', 'sub'],
      },
    );
    return { issuer: issuer.settings.issuer, subject: subjectOf(payload), claims: payload };
  } catch (error) {
    if (!(error instanceof IssuerUnreachable)) return refuseForError(error);
    return refuse('issuer-unreachable', where, 'the OpenID issuer of the access token cannot be asked; try again');
  }
}

/** Clients make audiences of addresses, some with a slash at the end: `https://attest.azure.net/`. */
function withAndWithoutSlash(audience: string): string[] {
  const bare = audience.replace(/\/$/, '');
  return [bare, `${bare}/`];
}

/** RFC 7519, section 4.1.2: a string. The audit record names callers by it. */
function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub === 'string' && sub !== '') return sub;
  return refuseToken('access-token-claim-invalid', 'its claim sub is not a string, or is empty');
}

function issuerOf(token: string, issuers: readonly TokenIssuer[]): TokenIssuer {
  const [header = '', payload = ''] = token.split('.');
  const { typ, alg, crit, b64 } = objectOf(header);
  const { iss } = objectOf(payload);
  if (crit !== undefined || (b64 ?? true) !== true) {
    refuseToken('access-token-malformed', 'its header has extensions that must be understood, and none is');
  }
  if (typeof typ !== 'string' || !types.has(typ.toLowerCase())) {
    refuseToken('access-token-type-refused', 'its typ must be at+jwt or JWT');
  }
  if (typeof alg !== 'string' || !accessTokenAlgorithms.includes(alg)) {
    refuseToken('access-token-algorithm-refused', `its alg must be one of ${accessTokenAlgorithms.join(', ')}`);
  }
  const issuer = issuers.find(({ settings }) => settings.issuer === iss);
  return issuer ?? refuseToken('access-token-issuer-unknown', 'the service does not accept tokens of its issuer');
}

/** One part of the token, read strictly: jose takes the last of two members of one name, another reader may take the first. */
function objectOf(part: string): JsonObject {
  const bytes = decodeBase64url(part);
  const reading = bytes === undefined ? undefined : readJson(bytes);
  if (reading?.ok && isJsonObject(reading.value)) return reading.value;
  const why = reading === undefined || reading.ok ? '' : `: ${reading.fault.why}`;
  return refuseToken('access-token-malformed', `its header or payload is not a JSON object in base64url${why}`);
}

/** Turns an error of jose into a refusal; any other error is a bug and is thrown as it is. */
function refuseForError(error: unknown): never {
  if (error instanceof errors.JWTExpired) refuseToken('access-token-expired', 'it has expired; get a new one');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') refuseToken('access-token-audience-wrong', 'it is for another audience');
    if (error.claim === 'nbf') refuseToken('access-token-not-yet-valid', 'it is not valid yet; compare the clocks');
    refuseToken('access-token-claim-invalid', `its claim ${error.claim} is absent or not acceptable`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    refuseToken('access-token-signature-invalid', 'its signature is wrong');
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    refuseToken('access-token-key-unknown', 'its issuer publishes no key, or more than one, that fits it');
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    refuseToken('access-token-malformed', 'it cannot be read as a signed JWT');
  }
  throw error;
}

/** Refuses a request without an access token with `access-token-missing`. */
export function refuseMissingToken(): never {
  return refuse('access-token-missing', where, 'the operation needs an access token');
}

function refuseToken(code: ServiceCode, why: string): never {
  return refuse(code, where, why);
}
