/** Running services of tests, on loopback with their own state, stopped with the test or the file that starts them. */

import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { after } from 'node:test';
import { development } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import type { ServiceSettings } from '../config/schema.ts';
import { type RunningService, type ServiceOptions, startService } from '../service.ts';
import { endRawClients } from './raw-client.ts';

/** One answer of a service. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly body: unknown;
}

/** What to send. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** A service and a way to call it. */
export interface TestService extends RunningService {
  readonly logged: string[];
  call(path: string, sent?: Sent): Promise<Answer>;
  /** POSTs JSON to `/attest/{path}?api-version={version}`. */
  attest(path: string, body: unknown, more?: { version?: string; headers?: Record<string, string> }): Promise<Answer>;
}

/** Not the default, whose keys take longer to make than all the rest of a start. */
const signing = { algorithm: 'ES256' } as const;

/** Starts a service of environment `development` on a free port; it ends with the test, or the file, that starts it. */
export async function serve(settings: ServiceSettings = {}, options: ServiceOptions = {}): Promise<TestService> {
  const logged: string[] = [];
  const service = await startService(
    { environment: 'development', stateDirectory: stateDirectory(), listen: { port: 0 }, signing, ...settings },
    { log: { write: (line) => logged.push(line) }, development, ...options },
  );
  after(() => {
    endRawClients();
    return service.close();
  });
  const trust = service.caFile === undefined ? {} : { ca: readFileSync(service.caFile) };
  const agent = new Agent({ keepAlive: true, ...trust });
  const call = (path: string, sent: Sent = {}): Promise<Answer> => send(`${service.url}${path}`, { agent }, sent);
  return {
    ...service,
    logged,
    call,
    attest: (path, body, { version = '2020-10-01', headers = {} } = {}) =>
      call(`/attest/${path}?api-version=${version}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
  };
}

function send(uri: string, options: RequestOptions, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const call = request(uri, { ...options, method, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
    });
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
