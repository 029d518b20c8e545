/** Which secret seals the signing keys at rest? */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SealingSecret } from '@atesto/token';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { readIfPresent, writeDurably } from '../state/file.ts';

/** The configured secret; in development a key file is made on first start. Throws `ConfigRefused` when it is unusable. */
export function sealingSecret({ signing, stateDirectory }: ServiceConfig): SealingSecret {
  if (signing.passphraseFile !== undefined) {
    const [passphrase = ''] = readFileSync(signing.passphraseFile, 'utf8').split(/\r?\n/, 1);
    if (passphrase === '')
      throw unusable('signing.passphraseFile', 'its first line is empty; write a passphrase there');
    return { kind: 'passphrase', passphrase };
  }
  if (signing.keyFile !== undefined) {
    const key = readKey(readFileSync(signing.keyFile));
    if (key === undefined) {
      throw unusable('signing.keyFile', 'it does not hold 32 bytes; write them raw, as 64 hex digits or as base64url');
    }
    return { kind: 'key', key };
  }
  return { kind: 'key', key: developmentKey(join(stateDirectory, 'development', 'sealing.key')) };
}

function readKey(content: Buffer): Uint8Array | undefined {
  if (content.length === 32) return content;
  const text = content.toString('latin1').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

function developmentKey(path: string): Uint8Array {
  const kept = readIfPresent(path);
  if (kept?.length === 32) return kept;
  const made = randomBytes(32);
  writeDurably(path, made);
  return made;
}

function unusable(where: string, why: string): ConfigRefused {
  return new ConfigRefused([{ code: 'setting-file-unreadable', where, why }]);
}
