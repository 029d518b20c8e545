/** Reads policies as they are sent and answered: a JWS with the policy, or the token in which a service answers such a JWS. */
import { decodeUtf8, isJsonObject, type JsonObject, readJson } from '@atesto/core';

/** A policy as a JWS holds it. Nothing of it is verified. */
export interface PolicyInJws {
  readonly text: string;
  /** The JWS of the policy itself, in compact form. */
  readonly jws: string;
  readonly isSigned: boolean;
  /** Whether it says for which provider, from when or until when it is (`aud`, `nbf`, `exp`). */
  readonly isBound: boolean;
}

/** The policy of a JWS; `none`: a service answers that none is set; undefined: it is about something else. */
export function policyIn(jws: string): PolicyInJws | 'none' | undefined {
  const payload = payloadOf(jws);
  const answered = payload?.['x-ms-policy'];
  if (typeof answered === 'string') return /^[\w-]+\.\.$/.test(answered) ? 'none' : policyJws(answered);
  return policyJws(jws);
}

function policyJws(jws: string): PolicyInJws | undefined {
  const payload = payloadOf(jws);
  const policy = payload?.AttestationPolicy;
  const text = typeof policy === 'string' ? decodeUtf8(Buffer.from(policy, 'base64url')) : undefined;
  if (payload === undefined || text === undefined) return undefined;
  const isBound = ['aud', 'nbf', 'exp'].some((name) => payload[name] !== undefined);
  return { text, jws, isSigned: !jws.endsWith('.'), isBound };
}

function payloadOf(jws: string): JsonObject | undefined {
  const [, payload = ''] = jws.split('.');
  const reading = readJson(Buffer.from(payload, 'base64url'));
  return reading.ok && isJsonObject(reading.value) ? reading.value : undefined;
}
