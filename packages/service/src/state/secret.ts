/** Reads keys of 32 random bytes from files, in one of three encodings, or creates them in development. */
import { randomBytes } from 'node:crypto';
import { readIfPresent, writeDurably } from './file.ts';

/** The key that a file holds: 32 bytes, raw, as 64 hex digits or as base64url; undefined when it holds something else. */
export function keyIn(content: Buffer): Uint8Array | undefined {
  if (content.length === 32) return content;
  const text = content.toString('latin1').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

/** The key in a file of the state directory. If there is none, creates one that only the service's user can read. */
export function keptKey(path: string): Uint8Array {
  const kept = readIfPresent(path);
  if (kept?.length === 32) return kept;
  const made = randomBytes(32);
  writeDurably(path, made);
  return made;
}
