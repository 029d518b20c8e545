/** Reads a policy: its text, or a JWS that holds it as `AttestationPolicy`. */
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
  try {
    const { AttestationPolicy: policy }: { AttestationPolicy?: unknown } = JSON.parse(decode(payload));
    if (typeof policy === 'string') return decode(policy);
  } catch {
    // What is no policy is told below.
  }
  return misused('the JWS holds no policy', 'Its payload must be {"AttestationPolicy": the text in base64url}.');
}

function decode(base64url: string): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64url, 'base64url'));
}
