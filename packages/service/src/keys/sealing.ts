/** Reads the secret that seals the signing keys at rest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SealingSecret } from '@atesto/token';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { keptKey, keyIn } from '../state/secret.ts';

/** The configured secret; in development a key file is made on first start. Throws `ConfigRefused` when it is unusable. */
export function sealingSecret({ signing, stateDirectory }: ServiceConfig): SealingSecret {
  if (signing.passphraseFile !== undefined) {
    const [passphrase = ''] = readFileSync(signing.passphraseFile, 'utf8').split(/\r?\n/, 1);
    if (passphrase === '')
      throw unusable('signing.passphraseFile', 'its first line is empty; write a passphrase there');
    return { kind: 'passphrase', passphrase };
  }
  if (signing.keyFile !== undefined) {
    const key = keyIn(readFileSync(signing.keyFile));
    if (key === undefined) {
      throw unusable('signing.keyFile', 'it does not hold 32 bytes; write them raw, as 64 hex digits or as base64url');
    }
    return { kind: 'key', key };
  }
  return { kind: 'key', key: keptKey(join(stateDirectory, 'development', 'sealing.key')) };
}

function unusable(where: string, why: string): ConfigRefused {
  return new ConfigRefused([{ code: 'setting-file-unreadable', where, why }]);
}
