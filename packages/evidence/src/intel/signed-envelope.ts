/** Takes Intel's signed bodies out of their envelope without writing them anew: the signature covers the bytes of the inner object. */
import { isJsonObject } from '@atesto/core';

/** A signed body. */
export interface SignedParts {
  /** The inner object, exactly as written. */
  readonly body: string;
  /** 64 bytes, hex. */
  readonly signature: string;
}

/** The envelope of a kind of body: `tcbInfo`, `enclaveIdentity`. */
export type EnvelopeMember = 'tcbInfo' | 'enclaveIdentity' | 'qeIdentity';

function holdsObject(json: string): boolean {
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    return false;
  }
}

/**
 * Takes `{"<member>":{…},"signature":"<hex>"}` apart. Head and tail are matched and what lies between must be one JSON object by itself, so that
 * there is one reading only. Undefined: it is not that.
 */
export function openEnvelope(json: string, member: EnvelopeMember): SignedParts | undefined {
  const head = new RegExp(`^\\s*\\{\\s*"${member}"\\s*:\\s*`).exec(json)?.[0];
  const tail = /\s*,\s*"signature"\s*:\s*"([0-9a-fA-F]{128})"\s*\}\s*$/.exec(json.slice(-1024));
  const [end, signature] = tail ?? [];
  if (head === undefined || end === undefined || signature === undefined) return undefined;
  if (json.length < head.length + end.length) return undefined;
  const body = json.slice(head.length, json.length - end.length);
  return holdsObject(body) ? { body, signature } : undefined;
}
