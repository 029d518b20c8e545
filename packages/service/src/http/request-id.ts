/**
 * Names requests by UUID version 7 (RFC 9562, section 5.7): its first 48 bits are the time in milliseconds, so that the index of
 * the audit record grows at one end, which costs far less than random places.
 */
import { randomUUID } from 'node:crypto';

/** A new id: 36 lower-case characters. */
export function requestId(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // Behind the version, a UUID of version 4 has what one of version 7 has: random bits and the variant.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
