/** Reads JSON from strangers with the one strict reader: what is ambiguous is refused, and no number is changed. */
import { isJsonObject, type JsonFaultKind, type JsonObject, readJson } from '@atesto/core';
import type { ServiceCode } from '../codes.ts';
import { refuse } from '../refuse.ts';

const maxDepth = 32;

/** The codes of what is JSON and refused all the same. */
const codes: Readonly<Partial<Record<JsonFaultKind, ServiceCode>>> = {
  depth: 'json-too-deep',
  'name-repeated': 'member-duplicate',
  'name-forbidden': 'member-forbidden',
  'string-unpaired': 'member-invalid',
  'number-length': 'member-invalid',
  'number-inexact': 'number-inexact',
};

/**
 * Parses a JSON object in UTF-8. Refuses with `otherwise` what is not one, with `json-too-deep`, `member-duplicate`,
 * `member-forbidden`, `member-invalid` (too long a number, half of a surrogate pair) and `number-inexact` what is dangerous. `where` names the document in
 * refusals.
 */
export function parseJsonObject(
  bytes: Uint8Array,
  where: string,
  otherwise: 'body-not-json' | 'data-not-json' | 'jws-malformed',
): JsonObject {
  const reading = readJson(bytes, { maxDepth });
  if (reading.ok && isJsonObject(reading.value)) return reading.value;
  const code = reading.ok ? undefined : codes[reading.fault.kind];
  if (!reading.ok && code !== undefined) return refuse(code, where, reading.fault.why);
  return refuse(otherwise, where, 'it must be a JSON object in UTF-8');
}

export { isJsonObject };
