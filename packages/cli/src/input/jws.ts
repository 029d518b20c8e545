/** Finds the JWS in what services answer and tools print. */
import { isJsonObject, readJson } from '@atesto/core';

/** Header, payload, signature; an unsecured one has no signature, an empty one no payload. */
const compactForm = /^[\w-]+\.[\w-]*\.[\w-]*$/;

/** The JWS that a text is, or holds as a JSON string or in the member `token` of a JSON object; undefined: there is none. */
export function jwsIn(text: string): string | undefined {
  const trimmed = text.trim();
  if (compactForm.test(trimmed)) return trimmed;
  if (!/^["{]/.test(trimmed)) return undefined;
  const reading = readJson(trimmed);
  if (!reading.ok) return undefined;
  const found = isJsonObject(reading.value) ? reading.value.token : reading.value;
  return typeof found === 'string' && compactForm.test(found) ? found : undefined;
}
