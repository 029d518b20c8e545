/** Reads a policy: its text, or a JWS that holds it as `AttestationPolicy`. */
import { decodeUtf8, isJsonObject, readJson } from '@atesto/core';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import type { Session } from '../session.ts';

const compactJws = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** The policy text of a file, or of standard input for `-`. The signature of a JWS is not looked at. */
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
    text ?? misused('the JWS holds no policy', 'Its payload must be {"AttestationPolicy": the text in base64url}.')
  );
}
