/** The faults that a simulated vendor service can be given. */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

interface FaultScope<Item extends string> {
  /** Which answers have the fault. Default: all. */
  readonly item?: Item;
  /** How many answers have it. Default: every one. */
  readonly times?: number;
}

/** One fault. */
export type ServiceFault<Item extends string> = FaultScope<Item> &
  (
    | { readonly kind: 'slow'; readonly delayMilliseconds: number }
    /** Never answers; the connection stays open until the server closes. */
    | { readonly kind: 'hang' }
    | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
    /** Announces the whole body and breaks off in its middle. */
    | { readonly kind: 'truncated' }
    /** A signature, or a signed list, with one bit changed. */
    | { readonly kind: 'wrong-signature' }
    /** What it has, whatever platform was asked for: another FMSPC's TCB info, another chip's certificate. */
    | { readonly kind: 'wrong-platform' }
    /** Without the header that carries the issuer chain. */
    | { readonly kind: 'no-issuer-chain' }
    /** A body that is not what it should be. */
    | { readonly kind: 'body'; readonly body: string | Uint8Array }
  );

/** The kinds of faults. */
export type FaultKind = ServiceFault<string>['kind'];

/** The faults in force, with those spent taken off. */
export class Faults<Item extends string> {
  readonly #faults: { readonly fault: ServiceFault<Item>; left: number }[];

  constructor(faults: readonly ServiceFault<Item>[]) {
    this.#faults = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  /** The faults of one answer: each is counted. */
  take(item: Item): ServiceFault<Item>[] {
    const hit = this.#faults.filter(({ fault, left }) => left > 0 && (fault.item ?? item) === item);
    for (const entry of hit) entry.left -= 1;
    return hit.map(({ fault }) => fault);
  }
}

/** An answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The first fault of a kind. */
export function faultOf<Kind extends FaultKind>(
  faults: readonly ServiceFault<string>[],
  kind: Kind,
): Extract<ServiceFault<string>, { kind: Kind }> | undefined {
  return faults.find((fault): fault is Extract<ServiceFault<string>, { kind: Kind }> => fault.kind === kind);
}

/** Whether a fault of a kind is among them. */
export function hasFault(faults: readonly ServiceFault<string>[], kind: FaultKind): boolean {
  return faultOf(faults, kind) !== undefined;
}

/** An answer without a body. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

/** The bytes with one bit of their last byte changed. */
export function flipLastBit(bytes: Uint8Array): Buffer {
  const flipped = Buffer.from(bytes);
  const last = flipped.length - 1;
  flipped[last] = (flipped[last] ?? 0) ^ 1;
  return flipped;
}

function replaced(answer: Answer, faults: readonly ServiceFault<string>[]): Answer {
  const status = faultOf(faults, 'status');
  if (status !== undefined) {
    const { retryAfterSeconds } = status;
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return { status: status.status, headers, body: Buffer.alloc(0) };
  }
  const body = faultOf(faults, 'body')?.body;
  return body === undefined ? answer : { ...answer, body: Buffer.from(body) };
}

/** Sends an answer with its faults. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  faults: readonly ServiceFault<string>[],
  signal: AbortSignal,
): Promise<void> {
  if (hasFault(faults, 'hang')) return;
  const slow = faultOf(faults, 'slow');
  if (slow !== undefined) await delay(slow.delayMilliseconds, undefined, { signal });
  const { status, headers, body } = replaced(answer, faults);
  response.writeHead(status, { ...headers, 'content-length': body.length });
  if (!hasFault(faults, 'truncated')) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}
