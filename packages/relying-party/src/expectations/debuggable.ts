/** Whether the environment of a token can be debugged. */
import { type Claims, claimOf, isObject } from '../token/claims.ts';

const debugClaims: ReadonlyMap<string, string> = new Map([
  ['sgx', 'x-ms-sgx-is-debuggable'],
  ['sevsnpvm', 'x-ms-sevsnpvm-is-debuggable'],
  ['tdxvm', 'tdx_td_attributes_debug'],
]);

/** True, false, or undefined when the token does not tell: then nobody may assume that it cannot. */
export function isDebuggable(claims: Claims): boolean | undefined {
  const type = claimOf(claims, 'x-ms-attestation-type');
  if (type === 'azurevm') {
    const isolated = claimOf(claims, 'x-ms-isolation-tee');
    return isObject(isolated) && claimOf(isolated, 'x-ms-attestation-type') !== 'azurevm'
      ? isDebuggable(isolated)
      : undefined;
  }
  const name = typeof type === 'string' ? debugClaims.get(type) : undefined;
  const value = name === undefined ? undefined : claimOf(claims, name);
  return typeof value === 'boolean' ? value : undefined;
}
