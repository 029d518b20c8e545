/** Checks that a field of evidence commits to data that was sent with it. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the first 32 bytes of a field are the SHA-256 of the data. The caller checks the rest of the field. */
export function commitsTo(field: Uint8Array, data: Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(data).digest(), field.subarray(0, 32));
}
