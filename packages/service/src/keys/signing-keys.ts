/** Which key signs now, and which keys does the provider publish? */
import type { PublishedKey, SigningKey } from '@atesto/token';

/** The signing keys of one provider, as the rest of the service sees them. */
export interface SigningKeys {
  /** The key that signs new tokens at `at`. */
  current(at: Date): SigningKey;
  /** The keys that tokens which are still valid may name, the current one first. */
  published(at: Date): readonly PublishedKey[];
}
