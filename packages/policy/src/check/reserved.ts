/** Claim types that are reserved for the service: a policy may not issue them (policy language, section 8). */

const reserved: ReadonlySet<string> = new Set(
  [
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'nonce',
    'cnf',
    'rp_data',
    'ver',
    'policy_hash',
    'maa-policyHash',
    'policy_signer',
    'x-ms-ver',
    'x-ms-attestation-type',
    'x-ms-policy',
    'x-ms-policy-hash',
    'x-ms-policy-signer',
    'x-ms-runtime',
    'x-ms-inittime',
  ].map((type) => type.toLowerCase()),
);
const longest = 32;

/** Whether only the service may issue this claim type; case is ignored. */
export function isReservedType(type: string): boolean {
  return type.length <= longest && reserved.has(type.toLowerCase());
}

/** Whether the claim type is in the service's name space: a policy may repeat such a claim, but not contradict it. */
export function isServiceType(type: string): boolean {
  return type.startsWith('x-ms-');
}
