/** Parses tokens strictly as JWS compact serialization (RFC 7515, section 7.1). Nothing is verified here. */
import { decodeBase64url, readJson, settle } from '@atesto/core';
import { type Outcome, refuse } from '../refusal.ts';
import { type Claims, isObject } from './claims.ts';

const maxTokenChars = 2 ** 20;

/** A decoded token. Nothing in it is verified. */
export interface UntrustedToken {
  readonly header: Claims;
  readonly claims: Claims;
  /** Whether there is a signature, valid or not; an unsecured token has none. */
  readonly signed: boolean;
}

/** Decodes a token for inspection. Verifies nothing. */
export function inspectToken(token: string): Outcome<UntrustedToken> {
  return settle(() => parseToken(token));
}

/** A decoded JWS. Nothing in it is verified. */
export interface UntrustedJws {
  readonly header: Claims;
  readonly payload: Uint8Array;
  /** Whether there is a signature, valid or not. */
  readonly signed: boolean;
}

/** Splits and decodes a token; refuses what is not exactly three base64url parts with JSON objects in the first two. */
export function parseToken(token: unknown): UntrustedToken {
  const { header, payload, signed } = parseJws(token);
  return { header, claims: objectOf(payload, 'payload'), signed };
}

/** Splits and decodes a JWS; refuses what is not exactly three base64url parts with a JSON object in the first. */
export function parseJws(token: unknown): UntrustedJws {
  if (typeof token !== 'string') return refuse('token-malformed', 'token', 'the token must be a string');
  if (token.length > maxTokenChars) refuse('token-too-large', 'token', 'the token is longer than one mebibyte');
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return refuse('token-malformed', 'token', 'the token must have three parts, separated by dots');
  }
  decodePart(signature, 'signature');
  return {
    header: objectOf(decodePart(header, 'header'), 'header'),
    payload: decodePart(payload, 'payload'),
    signed: signature !== '',
  };
}

/** Accepts only the canonical encoding, so that each token has one form. */
function decodePart(text: string, part: string): Uint8Array {
  return decodeBase64url(text) ?? refuse('token-malformed', part, `the ${part} must be base64url without padding`);
}

function objectOf(bytes: Uint8Array, part: string): Claims {
  const reading = readJson(bytes);
  if (!reading.ok) return refuse('token-malformed', part, `the ${part} cannot be read: ${reading.fault.why}`);
  return isObject(reading.value) ? reading.value : refuse('token-malformed', part, `the ${part} must be a JSON object`);
}
