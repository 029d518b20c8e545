/**
 * The key ring of one provider as the store keeps it: one versioned document, so that all instances agree on every change of it.
 * It names keys and times; the private parts are kept apart from it, where they can be destroyed.
 */
import { createHash } from 'node:crypto';
import type { SettingValue } from '@atesto/store';
import {
  heldSigningKeyOf,
  isSigningAlgorithm,
  type KeyRing,
  type PublishedKey,
  type RingEntry,
  type TokenSigningKey,
} from '@atesto/token';
import { z } from 'zod';
import { type KeyStoreKind, keyStoreKinds } from './key-stores.ts';

const instant = z.iso.datetime();
const document = z.strictObject({
  version: z.literal(1),
  issuer: z.string(),
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      algorithm: z.string(),
      heldBy: z.enum(keyStoreKinds),
      /** DER, base64url. */
      certificate: z.string(),
      publishedFrom: instant,
      signsFrom: instant,
      signsUntil: instant.nullable(),
    }),
  ),
});

/** What is known of a key of the ring without its private part. */
export interface RingKey extends PublishedKey {
  readonly heldBy: KeyStoreKind;
}

/** The name of the document. A provider whose address changes begins anew: a certificate names the address. */
export function ringName(providerId: string, issuer: string): string {
  return `signing-ring/${providerId}/${createHash('sha256').update(issuer).digest('hex').slice(0, 16)}`;
}

/** Writes the ring. */
export function writeRing(issuer: string, ring: KeyRing<RingKey>): SettingValue {
  return {
    version: 1,
    issuer,
    keys: ring.map(({ key, publishedFrom, signsFrom, signsUntil }) => ({
      kid: key.kid,
      algorithm: key.algorithm,
      heldBy: key.heldBy,
      certificate: Buffer.from(key.certificate).toString('base64url'),
      publishedFrom: publishedFrom.toISOString(),
      signsFrom: signsFrom.toISOString(),
      signsUntil: signsUntil?.toISOString() ?? null,
    })),
  };
}

/** Reads the ring. Throws when it is not one of this release, or of another issuer. */
export function readRing(issuer: string, value: SettingValue): KeyRing<RingKey> {
  const { keys, ...head } = document.parse(value);
  if (head.issuer !== issuer) throw new Error('the key ring is of another provider');
  return keys.map(
    ({ kid, algorithm, heldBy, certificate, publishedFrom, signsFrom, signsUntil }): RingEntry<RingKey> => {
      if (!isSigningAlgorithm(algorithm)) throw new Error(`the key ${kid} is of an unknown algorithm`);
      const published = publishedOf(algorithm, issuer, Buffer.from(certificate, 'base64url'));
      if (published.kid !== kid) throw new Error(`the certificate of the key ${kid} is of another key`);
      return {
        key: { ...published, heldBy },
        publishedFrom: new Date(publishedFrom),
        signsFrom: new Date(signsFrom),
        ...(signsUntil === null ? {} : { signsUntil: new Date(signsUntil) }),
      };
    },
  );
}

function publishedOf(algorithm: TokenSigningKey['algorithm'], issuer: string, certificate: Uint8Array): PublishedKey {
  const { sign: _sign, ...published } = heldSigningKeyOf(algorithm, issuer, unheld, certificate);
  return published;
}

const unheld = (): Promise<never> => Promise.reject(new Error('the key is known by its certificate alone'));
