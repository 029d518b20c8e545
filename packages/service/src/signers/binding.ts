/**
 * Checks for which provider and until when a signed request is valid. A JWS may say it itself, with `aud` (the provider's URI), `nbf` and `exp` of RFC 7519,
 * section 4.1: then it cannot be used again at a provider that has the same signer, or later. Azure's clients say none of it.
 */
import type { JsonObject } from '@atesto/token';
import { refuse } from '../refuse.ts';

/** Where and when a signed request is to count. */
export interface RequestAudience {
  /** The provider's URI without trailing slash. */
  readonly uri: string;
  readonly at: Date;
}

/** Checks the claims that are there. Refuses with `signed-request-misdirected` and `signed-request-expired`. */
export function checkBinding({ aud, nbf, exp }: JsonObject, { uri, at }: RequestAudience, where: string): void {
  if (aud !== undefined && !(Array.isArray(aud) ? aud : [aud]).includes(uri)) {
    refuse('signed-request-misdirected', where, 'its aud is not the URI of this provider');
  }
  const now = at.getTime() / 1000;
  if (exp !== undefined && !(typeof exp === 'number' && now < exp)) {
    refuse('signed-request-expired', where, 'its exp has passed, or is no number');
  }
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now)) {
    refuse('signed-request-expired', where, 'its nbf is yet to come, or is no number');
  }
}
