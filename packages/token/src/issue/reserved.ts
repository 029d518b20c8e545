/** The claims that a policy may never issue: they belong to the service or to the protocol. */

const reserved = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'cnf', 'rp_data', 'ver'],
  ...['policy_hash', 'maa-policyhash', 'policy_signer'],
  ...['x-ms-ver', 'x-ms-attestation-type', 'x-ms-policy', 'x-ms-policy-hash', 'x-ms-policy-signer'],
  ...['x-ms-runtime', 'x-ms-inittime'],
]);

/** Whether a policy may never issue a claim of this name. Compares without regard to case; the whole name space `x-atesto-` is the service's. */
export function isReserved(name: string): boolean {
  const folded = name.toLowerCase();
  return reserved.has(folded) || folded.startsWith('x-atesto-');
}
