/** What a request hears that is not admitted. */
import { serviceCodes } from '../codes.ts';
import { RequestRefused } from '../http/refusal.ts';

/** Whose limit is reached. */
export type LimitOf = 'address' | 'caller' | 'provider' | 'service';

/** A limit of one address, caller or provider is reached. @param waitMs after how long another try makes sense; 0: not known */
export function tooManyRequests(of: LimitOf, what: string, waitMs = 0): RequestRefused {
  return refusal('too-many-requests', of, `${what}; send it again after the time that Retry-After says`, waitMs);
}

/** A limit of the whole instance is reached. */
export function overloaded(what: string, waitMs = 0): RequestRefused {
  return refusal(
    'service-overloaded',
    'service',
    `${what}; send it again after the time that Retry-After says`,
    waitMs,
  );
}

function refusal(code: 'too-many-requests' | 'service-overloaded', where: LimitOf, why: string, waitMs: number) {
  const { status, wireCode } = serviceCodes[code];
  return new RequestRefused(status, wireCode, { code, where, why }, undefined, Math.max(1, Math.ceil(waitMs / 1000)));
}
