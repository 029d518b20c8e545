/**
 * Reads which certificate a signed request adds or removes as policy signer. A JWS by an existing signer names it, in a claim that
 * has had several names.
 */

import type { SignersVersion } from '@atesto/store';
import { isJsonObject } from '../http/json.ts';
import { refuse } from '../refuse.ts';
import { checkBinding, type RequestAudience } from './binding.ts';
import { type CertificateChain, parseChain } from './certificates.ts';
import { parseJws, payloadObject } from './jws.ts';
import { checkJwk } from './signature.ts';
import { checkSignedByOneOf } from './signed-by.ts';

const claims = ['policyCertificate', 'maa-policyCertificate', 'x-ms-policyCertificate', 'aas-policyCertificate'];
const where = 'body';

/**
 * The chain that a signed request names, once it is clear that one of the signers signed it for this provider. Its dates and its CA
 * have not been looked at: one that has expired can be removed. Refuses as `checkSignedByOneOf` does, and with `jws-malformed`,
 * `signer-claim-missing`, `signed-request-misdirected`, `signed-request-expired`.
 */
export function requestedCertificate(
  compact: string,
  signers: Pick<SignersVersion, 'certificates'> | undefined,
  place: RequestAudience,
): CertificateChain {
  const jws = parseJws(compact, where);
  checkSignedByOneOf(jws, signers?.certificates ?? [], place.at, where);
  const payload = payloadObject(jws, where);
  checkBinding(payload, place, where);
  const [name, another] = claims.filter((claim) => payload[claim] !== undefined);
  const jwk = name === undefined || another !== undefined ? undefined : payload[name];
  if (!isJsonObject(jwk)) {
    return refuse('signer-claim-missing', where, `the payload must hold one of ${claims.join(', ')}, a JWK`);
  }
  checkJwk(jwk, `${where}.${name}`);
  return parseChain(jwk.x5c, `${where}.${name}`);
}
