/** Key stores: keep the private parts of signing keys, sealed in the service's store or in an HSM. */
import { randomBytes } from 'node:crypto';
import { unwrap } from '@atesto/core';
import {
  generateSigningKey,
  openSigningKey,
  type PublishedKey,
  type SealingSecret,
  type SigningKey,
  type SigningKeyRequest,
  sealSigningKey,
  type TokenSigningKey,
} from '@atesto/token';
import type { Hsm } from './hsm/hsm.ts';

/** The kinds of key stores, as the ring of a provider names them. */
export const keyStoreKinds = ['store', 'hsm'] as const;
/** One kind. */
export type KeyStoreKind = (typeof keyStoreKinds)[number];

/** A new key, and what the store must keep of its private part; null: nothing. */
export interface MadeKey {
  readonly key: TokenSigningKey;
  readonly sealed: Uint8Array | null;
}

/** Makes keys, and opens those that it made. */
export interface KeyStore {
  readonly kind: KeyStoreKind;
  make(request: SigningKeyRequest): Promise<MadeKey>;
  /** A key that was made before. Throws when its private part is not to be had. */
  open(published: PublishedKey, sealed: () => Promise<Uint8Array>): Promise<TokenSigningKey>;
}

/** Keys whose private part rests sealed in the store. */
export class SealedKeyStore implements KeyStore {
  readonly kind = 'store';
  readonly #secret: SealingSecret;
  /** By key id: opening again would cost a key derivation and change nothing. */
  readonly #opened = new Map<string, SigningKey>();

  constructor(secret: SealingSecret) {
    this.#secret = secret;
  }

  async make(request: SigningKeyRequest): Promise<MadeKey> {
    return this.keep(unwrap(await generateSigningKey(request)));
  }

  /** Seals a key that was made elsewhere. */
  async keep(key: SigningKey): Promise<MadeKey> {
    const sealed = unwrap(await sealSigningKey(key, this.#secret, randomBytes));
    this.#opened.set(key.kid, key);
    return { key, sealed: Buffer.from(JSON.stringify(sealed)) };
  }

  async open({ kid, issuer }: PublishedKey, sealed: () => Promise<Uint8Array>): Promise<SigningKey> {
    const known = this.#opened.get(kid);
    if (known !== undefined) return known;
    const key = unwrap(await openSigningKey(parsed(await sealed()), this.#secret));
    if (key.kid !== kid || key.issuer !== issuer) throw new Error(`the sealed key ${kid} is another one`);
    this.#opened.set(kid, key);
    return key;
  }
}

/** Keys that an HSM made and never gives away. */
export class HsmKeyStore implements KeyStore {
  readonly kind = 'hsm';
  readonly #hsm: Hsm;

  constructor(hsm: Hsm) {
    this.#hsm = hsm;
  }

  async make(request: SigningKeyRequest): Promise<MadeKey> {
    return { key: unwrap(await this.#hsm.generate(request)), sealed: null };
  }

  async open(published: PublishedKey): Promise<TokenSigningKey> {
    if (!(await this.#hsm.has(published))) throw new Error(`the HSM does not hold the key ${published.kid}`);
    return this.#hsm.hold(published);
  }
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
