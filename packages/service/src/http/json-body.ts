/** The body of a request that must be a JSON object. */
import type { JsonObject } from '@atesto/token';
import type { FastifyRequest } from 'fastify';
import { parseJsonObject } from './json.ts';
import { refuseRequest } from './refusal.ts';

/** Its bytes. Refuses with `body-empty`. */
export function bodyBytes({ body }: Pick<FastifyRequest, 'body'>): Uint8Array {
  if (body instanceof Uint8Array && body.length > 0) return body;
  return refuseRequest('body-empty', 'body', 'the request needs a JSON object');
}

/** What it says. Refuses with `body-empty`, `body-not-json`, and as `parseJsonObject`. */
export function jsonBody(request: Pick<FastifyRequest, 'body'>): JsonObject {
  return parseJsonObject(bodyBytes(request), 'body', 'body-not-json');
}
