/** The body of a request that must be a JSON object. */
import type { JsonObject } from '@atesto/token';
import type { FastifyRequest } from 'fastify';
import { parseJsonObject } from './json.ts';
import { refuseRequest } from './refusal.ts';
import { readBody } from './request-body.ts';

/** Its bytes. Refuses with `body-empty`, and as `readBody`. */
export async function bodyBytes(request: Pick<FastifyRequest, 'body'>): Promise<Uint8Array> {
  const bytes = await readBody(request);
  return bytes.length > 0 ? bytes : refuseRequest('body-empty', 'body', 'the request needs a JSON object');
}

/** What it says. Refuses with `body-empty`, `body-not-json`, and as `readBody` and `parseJsonObject`. */
export async function jsonBody(request: Pick<FastifyRequest, 'body'>): Promise<JsonObject> {
  return parseJsonObject(await bodyBytes(request), 'body', 'body-not-json');
}
