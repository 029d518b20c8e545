/** The signing keys of a provider: the one that signs now, those that it publishes, and their changes. */
import type { KeyObject } from 'node:crypto';
import type { ChangeOrigin } from '@atesto/store';
import type { PublishedKey, SigningAlgorithm, TokenOutcome, TokenSigningKey } from '@atesto/token';
import type { KeyStoreKind } from './key-stores.ts';

/** The signing keys of one provider, as the rest of the service sees them. */
export interface SigningKeys {
  /** The key that signs new tokens at `at`. */
  current(at: Date): TokenSigningKey;
  /** The keys that tokens which are still valid may name, the current one first. */
  published(at: Date): readonly PublishedKey[];
}

/** A key of the ring, for administrators. */
export interface RingState {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly heldBy: KeyStoreKind;
  readonly state: 'coming' | 'current' | 'retired';
  readonly publishedFrom: Date;
  readonly signsFrom: Date;
  readonly signsUntil?: Date;
}

/** The signing keys, and the changes that an administrator may make; each answers whether there was something to change. */
export interface ProviderKeys extends SigningKeys {
  list(at: Date): readonly RingState[];
  /** Adds a new key now; it signs after the lead. */
  rotate(at: Date, origin: ChangeOrigin): Promise<boolean>;
  /** Adds a key that was made elsewhere; it signs after the lead. Refuses with `key-unusable`. */
  importKey(privateKey: KeyObject, at: Date, origin: ChangeOrigin): Promise<TokenOutcome<boolean>>;
  /** Takes a key out at once, as when it was stolen: its tokens verify no longer. */
  withdraw(kid: string, at: Date, origin: ChangeOrigin): Promise<boolean>;
}
