/** Reads what the policy commands are given: a policy, claims, and the name of an attestation type. */
import { decodeUtf8, isJsonObject, readJson } from '@atesto/core';
import { type AttestationType, attestationTypes, type Claim, parseClaims } from '@atesto/policy';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import type { Session } from '../session.ts';

const compactJws = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** The policy text of a file, or of standard input for `-`. The signature of a JWS is not verified. */
export async function readPolicy(path: string, session: Session): Promise<string> {
  const text = path === '-' ? await session.readInput() : await readText(path, 'the policy');
  const jws = text.trim();
  return compactJws.test(jws) ? textIn(jws) : text;
}

function textIn(jws: string): string {
  const [, payload = ''] = jws.split('.');
  const reading = readJson(Buffer.from(payload, 'base64url'));
  const policy = reading.ok && isJsonObject(reading.value) ? reading.value.AttestationPolicy : undefined;
  const text = typeof policy === 'string' ? decodeUtf8(Buffer.from(policy, 'base64url')) : undefined;
  return (
    text ?? misused('the JWS holds no policy', 'Its payload must be {"AttestationPolicy": "the policy in base64url"}.')
  );
}

/** Claims of a JSON file, or of standard input for `-`: a list of `{"type", "value", "valueType"?, "issuer"?}`. */
export async function readClaims(path: string, session: Session): Promise<Claim[]> {
  const text = path === '-' ? await session.readInput() : await readText(path, 'the claims');
  const claims = parseClaims(text);
  if (claims.ok) return claims.value;
  const { code, why } = claims.refusal;
  return misused(`the claims ${path}: ${why}`, {
    code,
    hint: 'Write [{"type": "…", "value": "…", "issuer": "AttestationService"}].',
  });
}

/** An attestation type, written in any case; undefined when the option is absent. */
export function kindOption(text: string | undefined): AttestationType | undefined {
  if (text === undefined) return undefined;
  const kind = attestationTypes.find((known) => known.toLowerCase() === text.toLowerCase());
  return kind ?? misused('--type names no attestation type', `Write one of ${attestationTypes.join(', ')}.`);
}
