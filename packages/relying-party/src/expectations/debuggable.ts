/** Decides whether the environment of a token can be debugged. */
import { type Claims, claimOf, isObject } from '../token/claims.ts';

const debugClaims: ReadonlyMap<string, string> = new Map([
  ['sgx', 'x-ms-sgx-is-debuggable'],
  ['sevsnpvm', 'x-ms-sevsnpvm-is-debuggable'],
  ['tdxvm', 'tdx_td_attributes_debug'],
]);

/** Undefined when the token does not say; callers must then not assume that debugging is impossible. */
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
  if (typeof value !== 'boolean') return undefined;
  return type === 'tdxvm' && !value ? isUnderDebug(claimOf(claims, 'tdx_td_attributes')) : value;
}

/**
 * Whether the attributes of a trust domain have a bit of the group "TD under debug", the first byte: DEBUG, or one that lets the host profile
 * it; an issuer may check only DEBUG. Source: Intel TDX Module ABI Reference (348551), table "TD Attributes".
 * @param attributes 16 hex digits, little-endian; absent: the issuer's claim decides
 */
function isUnderDebug(attributes: unknown): boolean | undefined {
  if (attributes === undefined) return false;
  if (typeof attributes !== 'string' || !/^[0-9a-f]{16}$/i.test(attributes)) return undefined;
  return !attributes.startsWith('00');
}
