/**
 * The bystander, as a process of the benchmark: attests at a fixed rate, whatever the answers take, and tells how long each took from the
 * moment at which it was due, so that a service that stands still is not spared the calls that were due meanwhile.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { answerMessages } from '../service/process.ts';
import type { Target } from './attack.ts';

/** Whom the bystander asks; without an access token where none is needed: a stranger among others. */
export type BystanderTarget = Omit<Target, 'accessToken'> & Partial<Pick<Target, 'accessToken'>>;

/** How many attestations, at which rate. */
export interface BystanderOrder extends BystanderTarget {
  readonly perSecond: number;
  readonly attestations: number;
}

/** What the bystander saw. */
export interface BystanderResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Attestations that got no token. */
  readonly failed: number;
}

const bystanderAddress = '127.0.0.2';

/** Connections that are opened before anything is measured and used in turn, as those of a fleet of machines are. */
const connections = 16;
const agentOf = (caFile: string): Agent =>
  new Agent({
    keepAlive: true,
    ca: readFileSync(caFile),
    localAddress: bystanderAddress,
    maxSockets: connections,
    scheduling: 'fifo',
  });

function isOrder(message: unknown): message is BystanderOrder {
  return typeof message === 'object' && message !== null && 'attestations' in message;
}

let agent: Agent | undefined;

async function run({ perSecond, attestations, ...target }: BystanderOrder): Promise<BystanderResult> {
  if (agent === undefined) {
    const opened = agentOf(target.caFile);
    agent = opened;
    await Promise.all(Array.from({ length: connections }, () => attest(target, opened)));
  }
  const began = performance.now();
  const calls: Promise<{ ms: number; isToken: boolean }>[] = [];
  for (let index = 0; index < attestations; index += 1) {
    const due = began + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    calls.push(attest(target, agent).then((isToken) => ({ ms: performance.now() - due, isToken })));
  }
  const results = await Promise.all(calls);
  const waits = results.map(({ ms }) => ms).sort((one, other) => one - other);
  const at = (part: number): number => waits[Math.floor((waits.length - 1) * part)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), failed: results.filter(({ isToken }) => !isToken).length };
}

function attest({ url, quote, accessToken }: BystanderTarget, agent: Agent): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const body = JSON.stringify({ quote });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
  };
  const path = '/attest/SgxEnclave?api-version=2020-10-01';
  const call = request(`${url}${path}`, { method: 'POST', agent, headers, timeout: 60_000 }, (response) => {
    response.on('end', () => resolve(response.statusCode === 200)).on('error', () => resolve(false));
    response.resume();
  });
  call.on('timeout', () => call.destroy()).on('error', () => resolve(false));
  call.end(body);
  return promise;
}

answerMessages(
  (message) => (isOrder(message) ? run(message) : {}),
  () => process.exit(),
);
