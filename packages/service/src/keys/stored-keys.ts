/**
 * The signing keys of a provider, the same for all instances of a cluster: the ring is a document of the store, each change of it is
 * conditional on the version that it was made from, and every instance follows the document.
 */

import type { KeyObject } from 'node:crypto';
import { Refused, unwrap } from '@atesto/core';
import { absentEtag, type ChangeOrigin, type StorageCode, type Store } from '@atesto/store';
import {
  addKey,
  currentKey,
  dropRetired,
  importSigningKey,
  type KeyRing,
  keyValidity,
  type PublishedKey,
  publishedKeys,
  type RotationSchedule,
  rotationDue,
  type SigningAlgorithm,
  type TokenOutcome,
  type TokenSigningKey,
  withdrawKey,
} from '@atesto/token';
import type { ClockGuard } from '../clock/watch.ts';
import { refuse } from '../refuse.ts';
import type { KeyStore, MadeKey, SealedKeyStore } from './key-stores.ts';
import { type RingKey, readRing, ringName, writeRing } from './ring-document.ts';
import type { ProviderKeys, RingState } from './signing-keys.ts';

/** Whose keys, and how they are kept. */
export interface StoredKeysDeps {
  readonly store: Store;
  readonly providerId: string;
  readonly issuer: string;
  readonly algorithm: SigningAlgorithm;
  readonly schedule: RotationSchedule;
  /** Makes and keeps new keys. */
  readonly keyStore: KeyStore;
  /** Keeps keys that are imported, and opens those that it kept before. */
  readonly sealedKeyStore: SealedKeyStore;
  /** Whether the clock may decide what cannot be undone. */
  readonly guard: ClockGuard;
  /** For how long instances must run before a key that need not be published any more is destroyed, in milliseconds. */
  readonly deletionDelayMs: number;
}

/** The ring as it stood at one version of its document. */
interface Loaded {
  readonly ring: KeyRing<RingKey>;
  readonly etag: string;
  readonly revision: number;
}

/** A change of a ring; undefined: nothing is to be changed. */
type Next = (ring: KeyRing<RingKey>) => Promise<{ ring: KeyRing<RingKey>; made?: MadeKey } | undefined>;

const mostAttempts = 8;
/** The status of a key whose private part is gone for good. */
const destroyed = 'destroyed';
const usedUp = {
  code: 'key-unusable',
  where: 'privateKey',
  why: 'it was a key of this provider before; make another',
} as const;

/** The keys of one provider at one issuer. */
export class StoredKeys implements ProviderKeys {
  readonly #parts: StoredKeysDeps;
  readonly #name: string;
  readonly #opened = new Map<string, TokenSigningKey>();
  #loaded: Loaded = { ring: [], etag: absentEtag, revision: 0 };
  #unsubscribe: () => void = () => {};
  /** Changes of this instance are made one after the other. */
  #changing: Promise<unknown> = Promise.resolve();
  /** Whether the store may have marks of keys of this ring. */
  #mayHaveMarks = true;

  private constructor(parts: StoredKeysDeps) {
    this.#parts = parts;
    this.#name = ringName(parts.providerId, parts.issuer);
  }

  /** Opens the stored keys and makes the first one when there is none that signs. Throws `Refused`, or an error that says why not. */
  static async open(parts: StoredKeysDeps, at: Date): Promise<StoredKeys> {
    const keys = new StoredKeys(parts);
    keys.#unsubscribe = parts.store.changes.subscribe(({ kind, name }) =>
      kind === 'settings' && name === keys.#name ? keys.refresh() : undefined,
    );
    try {
      await keys.refresh();
      await keys.rotateWhenDue(at);
    } catch (error) {
      keys.close();
      throw error;
    }
    return keys;
  }

  current(at: Date): TokenSigningKey {
    const ringKey = currentKey(this.#loaded.ring, at);
    const key = ringKey === undefined ? undefined : this.#opened.get(ringKey.kid);
    if (key === undefined) refuse('signing-key-missing', 'signing key', 'none is in force by this clock');
    return key;
  }

  published(at: Date): readonly PublishedKey[] {
    return publishedKeys(this.#loaded.ring, at, this.#parts.schedule);
  }

  list(at: Date): readonly RingState[] {
    const { ring } = this.#loaded;
    const current = currentKey(ring, at);
    return ring.map(({ key, publishedFrom, signsFrom, signsUntil }) => ({
      kid: key.kid,
      algorithm: key.algorithm,
      heldBy: key.heldBy,
      state: key === current ? 'current' : at < signsFrom ? 'coming' : 'retired',
      publishedFrom,
      signsFrom,
      ...(signsUntil === undefined ? {} : { signsUntil }),
    }));
  }

  /** Adds the next key when its time has come, or algorithm or key store were changed; answers whether it did. */
  async rotateWhenDue(at: Date): Promise<boolean> {
    const { schedule, algorithm, keyStore, guard } = this.#parts;
    if (!(await guard.confirm())) return false;
    const make = this.#makerAt(at);
    return this.#change(byService(at), async (ring) => {
      const newest = ring.at(-1)?.key;
      const isOther = newest?.algorithm !== algorithm || newest.heldBy !== keyStore.kind;
      if (!isOther && !rotationDue(ring, at, schedule)) return undefined;
      return this.#added(ring, at, await make());
    });
  }

  /**
   * Destroys keys that need not be published any more: marks them first, and does it when instances have run for the delay since then and the
   * clock still says so. Answers how many it destroyed.
   */
  async destroyRetired(at: Date): Promise<number> {
    const { store, providerId, schedule, guard, deletionDelayMs } = this.#parts;
    const { ring } = this.#loaded;
    const kept = new Set(dropRetired(ring, at, schedule));
    // Whatever the clock says, what signs stays, and so does everything while nothing signs.
    const signing = currentKey(ring, at);
    const retired = ring.filter((entry) => signing !== undefined && entry.key !== signing && !kept.has(entry));
    if ((retired.length === 0 && !this.#mayHaveMarks) || !(await guard.confirm())) return 0;
    const own = new Map(ring.map(({ key }) => [`${providerId}/${key.kid}`, key.kid]));
    const subjects = retired.map(({ key }) => `${providerId}/${key.kid}`);
    const due = unwrap(await store.deletions.due('key', subjects, deletionDelayMs, (subject) => own.has(subject)));
    this.#mayHaveMarks = subjects.length > 0;
    if (due.length === 0) return 0;
    const kids = new Set(due.map((subject) => own.get(subject)));
    await this.#change(byService(at), async (present) => ({ ring: present.filter(({ key }) => !kids.has(key.kid)) }));
    return due.length;
  }

  async rotate(at: Date, origin: ChangeOrigin): Promise<boolean> {
    await this.#requireClock();
    const make = this.#makerAt(at);
    return this.#change(origin, async (ring) => this.#added(ring, at, await make()));
  }

  async importKey(privateKey: KeyObject, at: Date, origin: ChangeOrigin): Promise<TokenOutcome<boolean>> {
    const { store, providerId, issuer, algorithm, schedule, sealedKeyStore } = this.#parts;
    await this.#requireClock();
    const key = await importSigningKey({ issuer, algorithm, ...keyValidity(at, schedule) }, privateKey);
    if (!key.ok) return key;
    const made = await sealedKeyStore.keep(key.value);
    const known = unwrap(await store.keys.list(providerId)).find(({ keyId }) => keyId === made.key.kid);
    if (known?.status === destroyed) return { ok: false, refusal: usedUp };
    const isAdded = await this.#change(origin, async (ring) =>
      ring.some(({ key: known }) => known.kid === made.key.kid) ? undefined : this.#added(ring, at, made),
    );
    return { ok: true, value: isAdded };
  }

  async withdraw(kid: string, at: Date, origin: ChangeOrigin): Promise<boolean> {
    await this.#requireClock();
    const make = this.#makerAt(at);
    return this.#change(origin, async (ring) => {
      const rest = withdrawKey(ring, kid, at);
      if (rest.length === ring.length) return undefined;
      if (currentKey(rest, at) !== undefined) return { ring: rest };
      return this.#added(rest, at, await make());
    });
  }

  /** Takes in what the store holds now. Throws `Refused`. */
  async refresh(): Promise<void> {
    const loaded = await this.#load();
    for (const { key } of loaded.ring) {
      if (this.#opened.has(key.kid)) continue;
      const opened = await this.#open(key);
      if (opened !== undefined) this.#opened.set(key.kid, opened);
    }
    if (loaded.revision < this.#loaded.revision) return;
    this.#loaded = loaded;
    for (const kid of this.#opened.keys()) {
      if (!loaded.ring.some(({ key }) => key.kid === kid)) this.#opened.delete(kid);
    }
  }

  close(): void {
    this.#unsubscribe();
  }

  /** A key that a wrong clock makes is no good, and could not be taken back. */
  async #requireClock(): Promise<void> {
    if (await this.#parts.guard.confirm()) return;
    refuse('clock-suspect', 'clock', 'the clock of this instance is in doubt; send it to another, or set it right');
  }

  async #load(): Promise<Loaded> {
    const found = unwrap(await this.#parts.store.settings.current(this.#name));
    if (found === undefined) return { ring: [], etag: absentEtag, revision: 0 };
    return { ring: readRing(this.#parts.issuer, found.value), etag: found.etag, revision: found.revision };
  }

  /** Undefined: it is held where this service has no access any more; it is published still, and signs nothing. */
  async #open(key: RingKey): Promise<TokenSigningKey | undefined> {
    const { store, providerId, keyStore, sealedKeyStore } = this.#parts;
    const its = [keyStore, sealedKeyStore].find(({ kind }) => kind === key.heldBy);
    return its?.open(key, async () => unwrap(await store.keys.sealed(providerId, key.kid)));
  }

  /** Makes one key, however often a change must be tried again. */
  #makerAt(at: Date): () => Promise<MadeKey> {
    const { issuer, algorithm, schedule, keyStore } = this.#parts;
    let made: Promise<MadeKey> | undefined;
    return () => {
      made ??= keyStore.make({ issuer, algorithm, ...keyValidity(at, schedule) });
      return made;
    };
  }

  #added(ring: KeyRing<RingKey>, at: Date, made: MadeKey): { ring: KeyRing<RingKey>; made: MadeKey } {
    const { schedule, keyStore } = this.#parts;
    const { kid, algorithm, issuer, certificate, publicKey, notBefore, notAfter } = made.key;
    const heldBy = made.sealed === null ? keyStore.kind : 'store';
    const key = { kid, algorithm, issuer, certificate, publicKey, notBefore, notAfter, heldBy };
    const usable = ring.filter((entry) => this.#opened.has(entry.key.kid) || at >= entry.signsFrom);
    return { ring: unwrap(addKey(usable, key, at, schedule)), made };
  }

  /** Changes the ring under the condition that nobody else did; answers whether there was something to change. */
  #change(origin: ChangeOrigin, next: Next): Promise<boolean> {
    const change = this.#changing.then(() => this.#attempt(origin, next));
    this.#changing = change.catch(() => {});
    return change;
  }

  async #attempt(origin: ChangeOrigin, next: Next): Promise<boolean> {
    const { store, issuer } = this.#parts;
    const added = new Set<string>();
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      await this.refresh();
      const { ring, etag } = this.#loaded;
      const changed = await next(ring);
      if (changed === undefined) {
        await this.#destroy(added, ring, origin);
        return false;
      }
      if (changed.made !== undefined) await this.#add(changed.made, added, origin);
      const set = await store.settings.set(this.#name, writeRing(issuer, changed.ring), origin, { expectedEtag: etag });
      if (set.ok) {
        await this.#destroy([...ring.map(({ key }) => key.kid), ...added], changed.ring, origin);
        unwrap(await store.confirmed(set.value.revision));
        await this.refresh();
        return true;
      }
      // What else there is leaves open whether the ring was written: no key may be destroyed then.
      if (set.refusal.code !== 'version-conflict') throw new Refused(set.refusal);
    }
    await this.#destroy(added, this.#loaded.ring, origin);
    throw new Refused<StorageCode>({ code: 'version-conflict', where: 'keys', why: 'they change all the time' });
  }

  /** Keeps a private part; one that an earlier attempt, or a crash, left there is used. */
  async #add(made: MadeKey, added: Set<string>, origin: ChangeOrigin): Promise<void> {
    const { kid } = made.key;
    this.#opened.set(kid, made.key);
    if (added.has(kid)) return;
    const kept = await this.#parts.store.keys.add(this.#parts.providerId, kid, stateOf(made), made.sealed, origin);
    if (kept.ok) added.add(kid);
    else if (kept.refusal.code !== 'version-conflict') throw new Refused(kept.refusal);
  }

  /** Destroys the private parts of keys that a ring does not have. */
  async #destroy(kids: Iterable<string>, ring: KeyRing<RingKey>, origin: ChangeOrigin): Promise<void> {
    const { store, providerId } = this.#parts;
    for (const kid of kids) {
      if (!ring.some(({ key }) => key.kid === kid)) await store.keys.destroy(providerId, kid, destroyed, origin);
    }
  }
}

function byService(at: Date): ChangeOrigin {
  return { actor: 'the service', atMs: at.getTime(), requestId: '', address: '' };
}

function stateOf({ key }: MadeKey): Parameters<Store['keys']['add']>[2] {
  const publicJwk = JSON.stringify({ ...key.publicKey, x5c: [Buffer.from(key.certificate).toString('base64')] });
  const times = { publishedAtMs: null, activeFromMs: null, activeUntilMs: null, publishedUntilMs: null };
  return { status: 'in-ring', publicJwk, ...times };
}
