/** Sends requests as fast as their answers come, over some connections, and counts the answers. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { attackerAgent, type Counts, count, type Target } from './attack.ts';

/** One request. */
export interface Sent {
  readonly method?: 'GET' | 'POST';
  /** Below the base URI. */
  readonly path: string;
  readonly body?: string;
  readonly accessToken?: string;
}

/** Sends `next()` again and again over `connections`, until the signal. */
export async function sendUntil(
  signal: AbortSignal,
  { url, caFile }: Target,
  connections: number,
  next: () => Sent,
): Promise<Counts> {
  const agent = new Agent(attackerAgent(connections, readFileSync(caFile)));
  const counts: Counts = {};
  const worker = async (): Promise<void> => {
    while (!signal.aborted) count(counts, await answerOf(url, agent, next(), signal));
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return counts;
}

function answerOf(url: string, agent: Agent, sent: Sent, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { method = 'POST', path, body = '', accessToken } = sent;
  const headers = {
    ...(method === 'POST' ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
  };
  const call = request(`${url}${path}`, { method, agent, headers, signal }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => resolve('answer cut'));
    response.on('end', () => resolve(`${response.statusCode} ${codeIn(Buffer.concat(chunks).toString())}`.trim()));
  });
  call.on('error', () => resolve(signal.aborted ? 'stopped' : 'connection closed'));
  call.end(body);
  return promise;
}

function codeIn(text: string): string {
  return /"innererror":\{"code":"([^"]+)"/.exec(text)?.[1] ?? '';
}
