/** How a key ring rests on disk: one file for each provider URI, each key sealed, replaced as a whole. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type KeyRing,
  openSigningKey,
  type RingEntry,
  type SealedSigningKey,
  type SealingSecret,
  type SigningKey,
  sealSigningKey,
} from '@atesto/token';
import { z } from 'zod';
import { ConfigRefused } from '../config/problem.ts';
import { readIfPresent, writeDurably } from '../state/file.ts';

const instant = z.iso.datetime();
const ringSchema = z.strictObject({
  version: z.literal(1),
  issuer: z.string(),
  keys: z.array(
    z.strictObject({
      publishedFrom: instant,
      signsFrom: instant,
      signsUntil: instant.optional(),
      sealed: z.unknown(),
    }),
  ),
});

/** The file of one provider's ring. */
export class RingFile {
  readonly #path: string;
  readonly #issuer: string;
  readonly #secret: SealingSecret;
  /** What is on disk already: sealing again would cost a key derivation and change nothing. */
  readonly #sealed = new Map<string, SealedSigningKey>();

  constructor(directory: string, issuer: string, secret: SealingSecret) {
    const name = createHash('sha256').update(issuer).digest('hex').slice(0, 32);
    this.#path = join(directory, `${name}.json`);
    this.#issuer = issuer;
    this.#secret = secret;
  }

  /** The stored ring; empty when there is none. Throws `ConfigRefused` when it cannot be opened whole. */
  async load(): Promise<KeyRing<SigningKey>> {
    const content = readIfPresent(this.#path)?.toString();
    if (content === undefined) return [];
    const stored = this.#parse(content);
    if (stored.issuer !== this.#issuer) throw this.#unusable('it belongs to another provider');
    return Promise.all(stored.keys.map(async (entry) => this.#open(entry)));
  }

  /** Replaces the stored ring; when this returns, it survives a crash. */
  async save(ring: KeyRing<SigningKey>): Promise<void> {
    const keys = await Promise.all(
      ring.map(async (entry) => ({ ...timesOf(entry), sealed: await this.#seal(entry.key) })),
    );
    writeDurably(this.#path, JSON.stringify({ version: 1, issuer: this.#issuer, keys }));
  }

  #parse(content: string): z.output<typeof ringSchema> {
    try {
      return ringSchema.parse(JSON.parse(content));
    } catch {
      throw this.#unusable('it is not a key ring of this release');
    }
  }

  async #open({ sealed, ...times }: z.output<typeof ringSchema>['keys'][number]): Promise<RingEntry<SigningKey>> {
    const opened = await openSigningKey(sealed, this.#secret);
    if (!opened.ok) throw this.#unusable(opened.refusal.why);
    const key = opened.value;
    if (key.issuer !== this.#issuer) throw this.#unusable('a key in it belongs to another provider');
    const { publishedFrom, signsFrom, signsUntil } = times;
    return {
      key,
      publishedFrom: new Date(publishedFrom),
      signsFrom: new Date(signsFrom),
      ...(signsUntil === undefined ? {} : { signsUntil: new Date(signsUntil) }),
    };
  }

  async #seal(key: SigningKey): Promise<SealedSigningKey> {
    const known = this.#sealed.get(key.kid);
    if (known !== undefined) return known;
    const sealed = await sealSigningKey(key, this.#secret, randomBytes);
    if (!sealed.ok) throw this.#unusable(sealed.refusal.why);
    this.#sealed.set(key.kid, sealed.value);
    return sealed.value;
  }

  #unusable(why: string): ConfigRefused {
    return new ConfigRefused([{ code: 'signing-keys-unusable', where: this.#path, why }]);
  }
}

function timesOf({ publishedFrom, signsFrom, signsUntil }: RingEntry): Record<string, string> {
  return {
    publishedFrom: publishedFrom.toISOString(),
    signsFrom: signsFrom.toISOString(),
    ...(signsUntil === undefined ? {} : { signsUntil: signsUntil.toISOString() }),
  };
}
