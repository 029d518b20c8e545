/** Seals a signing key with an operator's secret, and opens it again; a changed sealed key is refused. */

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  type KeyObject,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto';
import { settleAsync } from '@atesto/core';
import { type SigningKey, signingKeyOf } from '../keys/signing-key.ts';
import { refuse, type TokenOutcome } from '../refusal.ts';
import { authenticatedBytes, derivationOf, parseSealed, type SealedSigningKey } from './format.ts';
import { defaultCost, deriveKeys, isCost, type SealingSecret } from './secret.ts';

const cipherName = 'aes-256-gcm';

/** Options of {@link sealSigningKey}. */
export interface SealOptions {
  /** scrypt's N for passphrases: 2^14 to 2^18. Default 2^17 (128 MiB). */
  readonly cost?: number;
}

/**
 * Encrypts a signing key for storage.
 * @param random returns the given number of random bytes; called for a salt of 32 and a nonce of 12 bytes
 */
export function sealSigningKey(
  key: SigningKey,
  secret: SealingSecret,
  random: (sizeBytes: number) => Uint8Array,
  options: SealOptions = {},
): Promise<TokenOutcome<SealedSigningKey>> {
  return settleAsync(async () => {
    const { cost = defaultCost } = options;
    if (!isCost(cost)) refuse('secret-invalid', 'cost', 'the cost must be a power of two from 2^14 to 2^18');
    const salt = base64url(random(32));
    const derivation: SealedSigningKey['derivation'] =
      secret.kind === 'key' ? { kind: 'key', salt } : { kind: 'passphrase', salt, cost };
    const { encryptionKey, check } = await deriveKeys(secret, derivationOf({ derivation }));
    const nonce = random(12);
    const header = {
      version: 1,
      kid: key.kid,
      algorithm: key.algorithm,
      issuer: key.issuer,
      certificate: base64url(key.certificate),
      derivation,
      check: base64url(check),
      nonce: base64url(nonce),
    } as const;
    const cipher = createCipheriv(cipherName, encryptionKey, nonce);
    cipher.setAAD(authenticatedBytes(header));
    const plaintext = key.privateKey.export({ format: 'der', type: 'pkcs8' });
    const ciphertext = base64url(Buffer.concat([cipher.update(plaintext), cipher.final()]));
    plaintext.fill(0);
    return { ...header, ciphertext, tag: base64url(cipher.getAuthTag()) };
  });
}

/** Opens what {@link sealSigningKey} made. `sealed` is parsed JSON of unknown origin. */
export function openSigningKey(sealed: unknown, secret: SealingSecret): Promise<TokenOutcome<SigningKey>> {
  return settleAsync(async () => {
    const parsed = parseSealed(sealed);
    const { encryptionKey, check } = await deriveKeys(secret, derivationOf(parsed));
    if (!timingSafeEqual(check, Buffer.from(parsed.check, 'base64url'))) {
      refuse('secret-wrong', 'secret', `key ${parsed.kid} was sealed with another secret`);
    }
    return signingKeyFrom(parsed, decrypt(parsed, encryptionKey));
  });
}

function decrypt(sealed: SealedSigningKey, encryptionKey: Uint8Array): Buffer {
  const decipher = createDecipheriv(cipherName, encryptionKey, Buffer.from(sealed.nonce, 'base64url'), {
    authTagLength: 16,
  });
  decipher.setAAD(authenticatedBytes(sealed));
  decipher.setAuthTag(Buffer.from(sealed.tag, 'base64url'));
  const start = decipher.update(Buffer.from(sealed.ciphertext, 'base64url'));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return refuse('sealed-key-tampered', sealed.kid, 'the sealed signing key was changed after it was sealed');
  }
}

/** Whoever knows the secret could seal inconsistent parts; a key must never be used under another key's names. */
function signingKeyFrom(sealed: SealedSigningKey, pkcs8: Buffer): SigningKey {
  const certificate = new Uint8Array(Buffer.from(sealed.certificate, 'base64url'));
  const privateKey = readPrivateKey(sealed.kid, pkcs8);
  const parsed = readCertificate(sealed.kid, certificate);
  const subject = `CN=${sealed.issuer}`;
  if (!parsed.checkPrivateKey(privateKey) || parsed.subject !== subject || parsed.issuer !== subject) {
    refuse('sealed-key-inconsistent', sealed.kid, 'the certificate belongs to another private key or issuer');
  }
  const key = signingKeyOf(sealed.algorithm, sealed.issuer, privateKey, certificate);
  if (key.kid !== sealed.kid || !fits(key)) {
    refuse('sealed-key-inconsistent', sealed.kid, 'the private key has another id or algorithm');
  }
  return key;
}

function readPrivateKey(kid: string, pkcs8: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } catch {
    return refuse('sealed-key-inconsistent', kid, 'the sealed bytes are not a private key');
  } finally {
    pkcs8.fill(0);
  }
}

function readCertificate(kid: string, certificate: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch {
    return refuse('sealed-key-inconsistent', kid, 'the certificate cannot be read');
  }
}

function fits({ algorithm, publicKey }: SigningKey): boolean {
  if (publicKey.kty === 'RSA') return algorithm === 'RS256' || algorithm === 'PS256';
  return algorithm === (publicKey.crv === 'P-256' ? 'ES256' : 'ES384');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
