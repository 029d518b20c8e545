/** Dates around a moment. */

const dayMilliseconds = 24 * 3600 * 1000;
const yearMilliseconds = 365 * dayMilliseconds;

/** Days after a time; negative is before. */
export function daysFrom(at: Date, days: number): Date {
  return new Date(at.getTime() + days * dayMilliseconds);
}

/** A validity from some years before to some years after, in whole seconds. */
export function validity(at: Date, yearsBefore: number, yearsAfter: number): { notBefore: Date; notAfter: Date } {
  const wholeSecond = Math.floor(at.getTime() / 1000) * 1000;
  return {
    notBefore: new Date(wholeSecond - yearsBefore * yearMilliseconds),
    notAfter: new Date(wholeSecond + yearsAfter * yearMilliseconds),
  };
}
