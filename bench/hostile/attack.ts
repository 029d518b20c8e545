/** What the attacks of this benchmark have in common: who is attacked, for how long, and what is counted. */
import type { AgentOptions, RequestOptions } from 'node:https';

/** The service under attack, and what an attacker may know: one genuine quote, and for attacks of a tenant a reader's token. */
export interface Target {
  /** The base URI, without trailing slash. */
  readonly url: string;
  readonly caFile: string;
  /** A faultless quote, base64url. */
  readonly quote: string;
  /** An access token with every role. */
  readonly accessToken: string;
}

/** How many times each thing happened: `400 policy-denied`, `closed`, `no answer`. */
export type Counts = Record<string, number>;

/** One attack, which goes on until it is told to stop. */
export interface Attack {
  readonly name: string;
  /** Settings of the service besides those by default. */
  readonly settings?: { readonly requireAccessToken?: boolean };
  /** How many entries the audit record has before; default: none. */
  readonly auditEntries?: number;
  run(target: Target, signal: AbortSignal): Promise<Counts>;
}

/** The address from which attackers come; the bystander has another one. */
export const attackerAddress = '127.0.0.1';

/** Connections of an attacker. */
export const attackerAgent = (maxSockets: number, ca: Buffer): AgentOptions => ({
  keepAlive: true,
  maxSockets,
  ca,
  localAddress: attackerAddress,
});

/** A POST of JSON. */
export const postJson = (length: number): RequestOptions => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'content-length': length },
});

/** Counts one more. */
export function count(counts: Counts, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
