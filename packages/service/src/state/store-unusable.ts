/** Explains to operators why a store cannot be opened, and decides whether waiting may help. */
import type { Refusal } from '@atesto/core';

/** Thrown when the store cannot be opened. The settings themselves are well-formed; the message holds no secret. */
export class StoreUnusable extends Error {
  /** Of the store: `store-unavailable`, `store-newer`, `row-tampered` or `integrity-key-invalid`. */
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`The store cannot be used: ${reasonOf(refusal)} [store-unusable]`);
    this.name = 'StoreUnusable';
    this.refusal = refusal;
  }
}

/** The meaning of errors of a database server, by SQLSTATE (Appendix A of PostgreSQL's manual) or code of the socket. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['28P01', 'the user name or the password is wrong; fix the connection string'],
  ['28000', 'the server does not let this user in from here; fix the connection string or pg_hba.conf'],
  ['3D000', 'there is no database of this name; create it or fix the connection string'],
  ['ENOTFOUND', 'the host name in the connection string has no address'],
  ['EAI_AGAIN', 'the host name in the connection string cannot be looked up now'],
  ['ECONNREFUSED', 'nothing listens at the host and port of the connection string'],
  ['ETIMEDOUT', 'the host of the connection string does not answer'],
  ['57P03', 'the server is starting or stopping'],
  ['53300', 'the server has no connection left'],
]);

/** Errors that waiting does not resolve. */
const permanent = new Set(['28P01', '28000', '3D000']);

/** The code that the store's reason names. */
function answerOf({ why }: Refusal): string {
  return /^the database answered (\w+)$/.exec(why)?.[1] ?? '';
}

/** The reason as one sentence. */
export function reasonOf(refusal: Refusal): string {
  const answer = answerOf(refusal);
  const meaning = meanings.get(answer);
  return meaning === undefined ? `${refusal.where}: ${refusal.why} (${refusal.code})` : `${meaning} (${answer})`;
}

/** Whether the same attempt may succeed later without a change of the settings. */
export function mayPass(refusal: Refusal): boolean {
  return refusal.code === 'store-unavailable' && !permanent.has(answerOf(refusal));
}
