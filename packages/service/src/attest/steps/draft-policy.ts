/**
 * The text of a draft policy: sent as it is, or inside a JWS like a policy that is set. Its signature is not looked at: a token
 * under a draft is unsecured whoever signed the draft.
 */
import { RequestRefused, refuseRequest } from '../../http/refusal.ts';
import { parsePolicy } from '../../policies/document.ts';

const where = 'body.draftPolicyForAttestation';

/** The policy text. Refuses with `draft-policy-invalid` a JWS without one. */
export function draftPolicyText(draft: string): string {
  try {
    return parsePolicy(draft, where).text;
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return refuseRequest(
      'draft-policy-invalid',
      where,
      'the payload of the JWS must hold AttestationPolicy, a policy text in base64url',
    );
  }
}
