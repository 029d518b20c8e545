/** What a JSON Web Key itself says it is for (RFC 7517, sections 4.2 to 4.4). */
import type { JsonObject } from '../json/value.ts';

/**
 * Whether a key says that it is not for verifying signatures with an algorithm: another `use`, `key_ops` without any of the operations, or
 * another `alg`. What a key does not say, it allows.
 * @param operations any one of them will do; default `verify`
 */
export function forbidsSignatures(
  { use, key_ops: keyOps, alg }: JsonObject,
  algorithm: string | undefined,
  operations: readonly string[] = ['verify'],
): boolean {
  if (use !== undefined && use !== 'sig') return true;
  if (alg !== undefined && algorithm !== undefined && alg !== algorithm) return true;
  if (keyOps === undefined) return false;
  if (!Array.isArray(keyOps) || new Set(keyOps).size !== keyOps.length) return true;
  return !operations.some((operation) => keyOps.includes(operation));
}
