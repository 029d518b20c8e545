/** What a token says, without trust: JWS compact serialization (RFC 7515 section 7.1), strictly. */
import { decodeBase64url, readJson, settle } from '@atesto/core';
import { type Outcome, refuse } from '../refusal.ts';
import { type Claims, isObject } from './claims.ts';

const maxTokenChars = 2 ** 20;

/** A token as its bytes say; nothing about it is proven. */
export interface UntrustedToken {
  readonly header: Claims;
  readonly claims: Claims;
  /** Whether a signature is present, right or wrong; an unsecured token has none. */
  readonly signed: boolean;
}

/** Decodes a token for people to look at. Proves nothing. */
export function inspectToken(token: string): Outcome<UntrustedToken> {
  return settle(() => parseToken(token));
}

/** A JWS in compact serialization as its bytes say; nothing about it is proven. */
export interface UntrustedJws {
  readonly header: Claims;
  readonly payload: Uint8Array;
  /** Whether a signature is present, right or wrong. */
  readonly signed: boolean;
}

/** Splits and decodes a token; refuses what is not exactly three base64url parts with JSON objects in the first two. */
export function parseToken(token: unknown): UntrustedToken {
  const { header, payload, signed } = parseJws(token);
  return { header, claims: objectOf(payload, 'payload'), signed };
}

/** Splits and decodes a JWS; refuses what is not exactly three base64url parts with a JSON object in the first. */
export function parseJws(token: unknown): UntrustedJws {
  if (typeof token !== 'string') return refuse('token-malformed', 'token', 'the token is not a text');
  if (token.length > maxTokenChars) refuse('token-too-large', 'token', 'the token is longer than one mebibyte');
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return refuse('token-malformed', 'token', 'the token has not three parts');
  }
  decodePart(signature, 'signature');
  return {
    header: objectOf(decodePart(header, 'header'), 'header'),
    payload: decodePart(payload, 'payload'),
    signed: signature !== '',
  };
}

/** Only the canonical encoding passes, so that each token has one form. */
function decodePart(text: string, part: string): Uint8Array {
  return decodeBase64url(text) ?? refuse('token-malformed', part, `the ${part} is not base64url`);
}

function objectOf(bytes: Uint8Array, part: string): Claims {
  const reading = readJson(bytes);
  if (!reading.ok) return refuse('token-malformed', part, `the ${part} cannot be read: ${reading.fault.why}`);
  return isObject(reading.value) ? reading.value : refuse('token-malformed', part, `the ${part} is not a JSON object`);
}
