/**
 * Reads the forms in which policies are sent: a JWS whose payload is `{"AttestationPolicy": base64url(text)}`, secured or not, or as its
 * bare text. Nothing is trusted here.
 */
import { decodeUtf8 } from '@atesto/core';
import { decodeBase64url } from '../http/base64url.ts';
import { refuse } from '../refuse.ts';
import { isJws, type ParsedJws, parseJws, payloadObject } from '../signers/jws.ts';

/** A policy and the form in which it came. */
export interface PolicyDocument {
  readonly text: string;
  /** Absent: it came as bare text. */
  readonly jws?: ParsedJws;
  /** The policy as JWS: as it came, or else the unsecured JWS of the text. */
  readonly compact: string;
}

/** Reads a policy. `where` names it in refusals. Refuses with `jws-malformed`, `jws-algorithm-refused`, `policy-payload-invalid`. */
export function parsePolicy(content: string, where: string): PolicyDocument {
  const trimmed = content.trim();
  if (!isJws(trimmed)) return { text: content, compact: unsecuredPolicy(content) };
  const jws = parseJws(trimmed, where);
  return { text: textIn(jws, where), jws, compact: trimmed };
}

/** A policy text as unsecured JWS, as Azure Attestation shows its default policies. */
export function unsecuredPolicy(text: string): string {
  const payload = JSON.stringify({ AttestationPolicy: Buffer.from(text).toString('base64url') });
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(payload).toString('base64url')}.`;
}

/** What Azure Attestation shows where no policy is set and there is no default one: an unsecured JWS without a payload. */
export const noPolicy: string = `${Buffer.from('{"alg":"none"}').toString('base64url')}..`;

function textIn(jws: ParsedJws, where: string): string {
  const { AttestationPolicy } = payloadObject(jws, where);
  if (typeof AttestationPolicy !== 'string') return invalid(where, 'its payload has no AttestationPolicy');
  const bytes = decodeBase64url(AttestationPolicy, `${where}.AttestationPolicy`);
  return decodeUtf8(bytes) ?? invalid(where, 'its AttestationPolicy is not UTF-8');
}

function invalid(where: string, why: string): never {
  return refuse('policy-payload-invalid', where, why);
}
