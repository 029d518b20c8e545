/** Reads bodies that are one text: as it is, or quoted as a JSON string, whatever the content type says: clients send both. */
import { decodeUtf8 } from '@atesto/core';
import type { FastifyRequest } from 'fastify';
import { refuseRequest } from './refusal.ts';
import { readBody } from './request-body.ts';

/** The text of a body. Refuses with `body-empty` and `body-not-text`, and as `readBody`. */
export async function textBody(request: Pick<FastifyRequest, 'body'>): Promise<string> {
  return textOf(await readBody(request));
}

/** The text that a body says. Refuses with `body-empty` and `body-not-text`. */
export function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes) ?? notText();
  const trimmed = text.trim();
  if (trimmed === '') return refuseRequest('body-empty', 'body', 'the request needs a body');
  return trimmed.startsWith('"') ? unquoted(trimmed) : text;
}

function unquoted(json: string): string {
  try {
    const text: unknown = JSON.parse(json);
    if (typeof text === 'string') return text;
  } catch {
    // Said below; the parser's own words would quote the input.
  }
  return notText();
}

function notText(): never {
  return refuseRequest('body-not-text', 'body', 'it must be text in UTF-8, as it is or as a JSON string');
}
