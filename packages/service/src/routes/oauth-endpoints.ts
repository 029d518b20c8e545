/**
 * `/authorize`, `/token` and `/revoke`: OpenID Connect's metadata have to name them (Discovery 1.0, section 3), and strict clients do not read
 * metadata without. There are no grants here, since attestation tokens come from `/attest` alone: every request is refused.
 */
import type { Operation } from '../http/operation.ts';
import { refuseRequest } from '../http/refusal.ts';

/** The endpoints; each refuses with `grant-unsupported`. */
export const oauthEndpoints: readonly Operation[] = [
  { method: 'GET', path: '/authorize', handle: refuseGrant },
  { method: 'POST', path: '/token', beforeBody: refuseGrant, handle: refuseGrant },
  { method: 'POST', path: '/revoke', beforeBody: refuseGrant, handle: refuseGrant },
];

function refuseGrant(): never {
  const why =
    'attestation tokens come from /attest and cannot be revoked; access tokens come from the issuer of the service';
  return refuseRequest('grant-unsupported', 'path', why);
}
