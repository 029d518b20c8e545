/** The load client: keeps connections busy with one request each, and says how many answers came in a second. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { answerMessages, type ServerAddress } from './process.ts';
import { readWorkload } from './workload.ts';

/** What to send where. */
export interface LoadOrder extends ServerAddress {
  readonly connections: number;
  readonly requests: number;
}

/** What came of it. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const [directory = ''] = process.argv.slice(2);
const { body } = readWorkload(directory);
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

function isOrder(message: unknown): message is LoadOrder {
  return typeof message === 'object' && message !== null && 'requests' in message;
}

async function run({ url, caFile, connections, requests }: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: readFileSync(caFile) });
  const waits: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next++ < requests) {
        const sent = performance.now();
        await post(url, agent);
        waits.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  waits.sort((left, right) => left - right);
  const at = (part: number): number => waits[Math.floor((waits.length - 1) * part)] ?? 0;
  return { perSecond: requests / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function post(url: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const call = request(url, { method: 'POST', agent, headers }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`the server answered ${response.statusCode}`));
    response.on('end', resolve).on('error', reject).resume();
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

answerMessages(
  (message) => (isOrder(message) ? run(message) : {}),
  () => process.exit(),
);
