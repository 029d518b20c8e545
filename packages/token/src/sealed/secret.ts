/** Derives the key that encrypts signing keys at rest from an operator's secret (scrypt: RFC 7914; HKDF: RFC 5869). */
import { hkdfSync, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { refuse } from '../refusal.ts';

/** What opens a sealed signing key: a passphrase, or the 32 bytes of a key file. */
export type SealingSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key'; readonly key: Uint8Array };

/** How the key is derived from the secret. `cost` is scrypt's N; block size 8 and parallelization 1 are fixed. */
export type Derivation =
  | { readonly kind: 'passphrase'; readonly salt: Uint8Array; readonly cost: number }
  | { readonly kind: 'key'; readonly salt: Uint8Array };

/** Default scrypt N: 2^17, which takes 128 MiB and a few tenths of a second. */
export const defaultCost = 2 ** 17;
/** The accepted costs; bounded so that a changed file cannot demand gigabytes. */
const costs = [2 ** 14, 2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18];

/** Whether scrypt's N is one that this package uses. */
export function isCost(cost: number): boolean {
  return costs.includes(cost);
}

const blockSize = 8;
const stretch = promisify<string, Uint8Array, number, object, Buffer>(scrypt);

/** Derives the encryption key (32 bytes) and a check value (32 bytes) that distinguishes a wrong secret from a changed file. */
export async function deriveKeys(
  secret: SealingSecret,
  derivation: Derivation,
): Promise<{ readonly encryptionKey: Uint8Array; readonly check: Uint8Array }> {
  checkSecret(secret);
  const material = await secretMaterial(secret, derivation);
  const expand = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', material, derivation.salt, `atesto sealed signing key 1: ${purpose}`, 32));
  return { encryptionKey: expand('encryption'), check: expand('check') };
}

function checkSecret(secret: SealingSecret): void {
  if (secret.kind === 'passphrase' && secret.passphrase === '') {
    refuse('secret-invalid', 'passphrase', 'the passphrase is empty');
  }
  if (secret.kind === 'key' && secret.key.length !== 32) {
    refuse('secret-invalid', 'key', `the key must have 32 bytes; it has ${secret.key.length}`);
  }
}

async function secretMaterial(secret: SealingSecret, derivation: Derivation): Promise<Uint8Array> {
  if (secret.kind === 'key' && derivation.kind === 'key') return secret.key;
  if (secret.kind === 'passphrase' && derivation.kind === 'passphrase') {
    const { salt, cost } = derivation;
    return stretch(secret.passphrase, salt, 32, { N: cost, r: blockSize, p: 1, maxmem: 256 * cost * blockSize });
  }
  return refuse('secret-kind', 'secret', `the signing key was sealed with a ${derivation.kind}, not a ${secret.kind}`);
}
