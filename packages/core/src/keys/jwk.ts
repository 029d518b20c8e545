/** Checks what a JSON Web Key may be used for, by its own members (RFC 7517, sections 4.2 to 4.4). */
import type { JsonObject } from '../json/value.ts';

/**
 * Whether a key excludes verifying signatures with an algorithm: by another `use`, by `key_ops` without any of the operations, or by
 * another `alg`. An absent member excludes nothing.
 * @param operations any one of them suffices; default `verify`
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
