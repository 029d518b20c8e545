/**
 * Parses a JWS without trusting it. Compact serialization (RFC 7515, section 7.1), secured or unsecured
 * (RFC 7519, section 6).
 */
import type { JsonObject } from '@atesto/token';
import { decodeBase64url } from '../http/base64url.ts';
import { parseJsonObject } from '../http/json.ts';
import { refuse } from '../refuse.ts';

/** A JWS in its parts. */
export interface ParsedJws {
  /** The whole, as it was sent. */
  readonly compact: string;
  /** `alg` of the header; `none`: it is unsecured, and its signature is empty. */
  readonly algorithm: string;
  readonly header: JsonObject;
  readonly payload: Uint8Array;
  /** What the signature covers, ASCII. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** The payload may be empty: the request to reset a policy has none. */
const compactForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;

/** Whether a text has the form of a JWS. No policy text has it: every one has a space, brace or semicolon. */
export function isJws(text: string): boolean {
  return compactForm.test(text);
}

/** Parses a JWS. `where` names it in refusals. Refuses with `jws-malformed`; with `jws-algorithm-refused` one without `alg`. */
export function parseJws(compact: string, where: string): ParsedJws {
  if (!isJws(compact)) return malformed(where, 'it must be a JWS in compact form: header.payload.signature');
  const [encodedHeader = '', encodedPayload = '', encodedSignature = ''] = compact.split('.');
  const headerBytes = decodeBase64url(encodedHeader, `${where}.header`);
  const header = parseJsonObject(headerBytes, `${where}.header`, 'jws-malformed');
  if (header.crit !== undefined) malformed(where, 'its header has `crit`, of which nothing is understood');
  if ((header.b64 ?? true) !== true) malformed(where, 'its header says that the payload is not base64url');
  const { alg } = header;
  if (typeof alg !== 'string') return refuse('jws-algorithm-refused', where, 'its header does not name one');
  if (alg === 'none' && encodedSignature !== '') malformed(where, 'its algorithm is none, yet it has a signature');
  return {
    compact,
    algorithm: alg,
    header,
    payload: decodeBase64url(encodedPayload, `${where}.payload`),
    signingInput: `${encodedHeader}.${encodedPayload}`,
    signature: decodeBase64url(encodedSignature, `${where}.signature`),
  };
}

/** The JSON object that is the payload. Refuses with `jws-malformed`. */
export function payloadObject({ payload }: ParsedJws, where: string): JsonObject {
  return parseJsonObject(payload, `${where}.payload`, 'jws-malformed');
}

function malformed(where: string, why: string): never {
  return refuse('jws-malformed', where, why);
}
