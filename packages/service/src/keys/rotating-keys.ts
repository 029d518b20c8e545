/** The signing keys of a provider: kept on disk, replaced on schedule, each published before and after it signs. */
import {
  addKey,
  currentKey,
  dropRetired,
  generateSigningKey,
  type KeyRing,
  keyValidity,
  type Outcome,
  type PublishedKey,
  publishedKeys,
  type RotationSchedule,
  rotationDue,
  type SigningAlgorithm,
  type SigningKey,
} from '@atesto/token';
import type { RingFile } from './ring-file.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What the keys are for and when they change. */
export interface RotatingKeysSettings {
  readonly issuer: string;
  readonly algorithm: SigningAlgorithm;
  readonly schedule: RotationSchedule;
  readonly file: RingFile;
}

/** Keys that {@link RotatingKeys.rotateWhenDue} keeps current; what it changed is on disk before it is used. */
export class RotatingKeys implements SigningKeys {
  readonly #settings: RotatingKeysSettings;
  #ring: KeyRing<SigningKey>;

  private constructor(settings: RotatingKeysSettings, ring: KeyRing<SigningKey>) {
    this.#settings = settings;
    this.#ring = ring;
  }

  /** Opens the stored keys and makes the first one when there is none that signs. */
  static async open(settings: RotatingKeysSettings, at: Date): Promise<RotatingKeys> {
    const keys = new RotatingKeys(settings, await settings.file.load());
    await keys.rotateWhenDue(at);
    return keys;
  }

  current(at: Date): SigningKey {
    const key = currentKey(this.#ring, at);
    if (key === undefined) throw new Error(`no signing key of ${this.#settings.issuer} is in force`);
    return key;
  }

  published(at: Date): readonly PublishedKey[] {
    return publishedKeys(this.#ring, at, this.#settings.schedule);
  }

  /** Adds the next key when its time has come or the algorithm was changed; answers whether it did. */
  async rotateWhenDue(at: Date): Promise<boolean> {
    const { issuer, algorithm, schedule, file } = this.#settings;
    const isOther = this.#ring.at(-1)?.key.algorithm !== algorithm;
    if (!isOther && !rotationDue(this.#ring, at, schedule)) return false;
    const key = settled(await generateSigningKey({ issuer, algorithm, ...keyValidity(at, schedule) }));
    const ring = dropRetired(settled(addKey(this.#ring, key, at, schedule)), at, schedule);
    await file.save(ring);
    this.#ring = ring;
    return true;
  }
}

function settled<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.refusal.where}: ${outcome.refusal.why}`);
}
