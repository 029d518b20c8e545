/**
 * The text of a draft policy: sent as it is, or inside a JWS whose payload is `{"AttestationPolicy": base64url(text)}`. Its
 * signature is not looked at: a token under a draft is unsecured whoever signed the draft.
 */
import { decodeBase64url } from '../../http/base64url.ts';
import { parseJsonObject } from '../../http/json.ts';
import { RequestRefused, refuseRequest } from '../../http/refusal.ts';

const where = 'body.draftPolicyForAttestation';
/** No policy text has this form: every policy has a space, brace or semicolon. */
const compactJws = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The policy text. Refuses with `draft-policy-invalid` a JWS without one. */
export function draftPolicyText(draft: string): string {
  const trimmed = draft.trim();
  if (!compactJws.test(trimmed)) return draft;
  const [, payload = ''] = trimmed.split('.');
  const text = textIn(payload);
  return (
    text ??
    refuseRequest(
      'draft-policy-invalid',
      where,
      'the payload of the JWS must hold AttestationPolicy, a policy text in base64url',
    )
  );
}

function textIn(payload: string): string | undefined {
  try {
    const { AttestationPolicy } = parseJsonObject(decodeBase64url(payload, where), where, 'data-not-json');
    return typeof AttestationPolicy === 'string' ? utf8.decode(decodeBase64url(AttestationPolicy, where)) : undefined;
  } catch (error) {
    if (error instanceof RequestRefused || error instanceof TypeError) return undefined;
    throw error;
  }
}
