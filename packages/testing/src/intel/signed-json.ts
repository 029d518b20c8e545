/** Intel's signed JSON bodies: members in order, times as Intel writes them, a signature over the exact bytes. */
import { type KeyPair, signEcdsa } from '../x509/keys.ts';

/** Any JSON value; a member whose value is undefined is left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
/** The members of a JSON object, in the order in which they are written. */
export type JsonMembers = Readonly<Record<string, Json | undefined>>;

/** A body and its signature. */
export interface SignedJson {
  /** UTF-8. */
  readonly bytes: Buffer;
  /** 64 bytes, r || s. */
  readonly signature: Buffer;
}

/** `2025-01-31T12:00:00Z`: whole seconds. */
export function intelTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Signs the members as one object without spaces, or the exact bytes given instead. */
export function signJson(body: JsonMembers | Uint8Array, keys: KeyPair): SignedJson {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return { bytes, signature: signEcdsa(bytes, keys) };
}
