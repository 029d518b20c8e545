/** The claims buffer of the Open Enclave SDK. Source: openenclave/openenclave, `oe_serialize_custom_claims`. */
import { u64 } from '../bytes/layout.ts';

/** One claim that an enclave adds to its evidence. */
export interface OpenEnclaveClaim {
  readonly name: string;
  readonly value: Uint8Array;
}

const claimsVersion = 1n;

/** Version and count, then each claim: name size with its NUL, value size, name, value. */
export function writeCustomClaims(claims: readonly OpenEnclaveClaim[]): Buffer {
  const entries = claims.flatMap(({ name, value }) => {
    const nameBytes = Buffer.from(`${name}\0`);
    return [u64(BigInt(nameBytes.length)), u64(BigInt(value.length)), nameBytes, value];
  });
  return Buffer.concat([u64(claimsVersion), u64(BigInt(claims.length)), ...entries]);
}
