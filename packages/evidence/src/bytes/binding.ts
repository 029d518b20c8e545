/** Do data that came beside evidence hash to what the evidence commits to? */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether SHA-256 of the data is the first 32 bytes of the field. The rest of the field is the caller's matter. */
export function commitsTo(field: Uint8Array, data: Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(data).digest(), field.subarray(0, 32));
}
