/** The body of a request, read when the operation asks for it: of a request that is refused before, nothing is buffered. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientGone } from './in-flight.ts';
import { refuseRequest } from './refusal.ts';

/** How a body is read. */
export interface BodyReading {
  /** Counts memory that it is about to take, in bytes, whatever length was announced. Refuses by throwing `RequestRefused`. */
  readonly hold: (bytes: number) => void;
  /** Waited for when the body is there as a whole: the work of the request begins then. */
  readonly turn: () => Promise<void>;
}

const firstBytes = 16_384;
/** How much of an unwanted body is discarded so that its sender sees the response. Beyond it the connection is cut. */
const discardedBytes = 262_144;

/** A body that has not been read yet. */
export class RequestBody {
  readonly #raw: IncomingMessage;
  readonly #maxBytes: number;
  readonly #reading: BodyReading;
  #bytes: Promise<Uint8Array> | undefined;

  constructor(raw: IncomingMessage, maxBytes: number, reading: BodyReading) {
    this.#raw = raw;
    this.#maxBytes = maxBytes;
    this.#reading = reading;
  }

  /** Reads it, once. Refuses with `body-too-large` and `request-aborted`, and as {@link BodyReading.hold} does. */
  bytes(): Promise<Uint8Array> {
    this.#bytes ??= this.#read();
    return this.#bytes;
  }

  async #read(): Promise<Uint8Array> {
    const announced = Number(this.#raw.headers['content-length'] ?? Number.NaN);
    if (announced > this.#maxBytes) tooLarge(this.#maxBytes);
    const most = Number.isNaN(announced) ? this.#maxBytes : announced;
    let buffer = Buffer.alloc(0);
    let length = 0;
    await eachChunk(this.#raw, (chunk) => {
      const needed = length + chunk.length;
      if (needed > this.#maxBytes) tooLarge(this.#maxBytes);
      if (needed > buffer.length) {
        // One buffer that grows: a chunk of one byte costs a hundred times that when each is kept.
        const grown = Math.min(most, Math.max(needed, firstBytes, buffer.length * 2));
        this.#reading.hold(grown - buffer.length);
        const larger = Buffer.allocUnsafe(grown);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      chunk.copy(buffer, length);
      length = needed;
    });
    await this.#reading.turn();
    return buffer.subarray(0, length);
  }
}

/** The bytes of a body; empty when there is none. Refuses as {@link RequestBody.bytes}. */
export async function readBody({ body }: Pick<FastifyRequest, 'body'>): Promise<Uint8Array> {
  return body instanceof RequestBody ? body.bytes() : new Uint8Array();
}

/** Makes every body of a content type that is taken a {@link RequestBody}. */
export function readBodiesLate(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  maxBytes: number,
  readingOf: (request: FastifyRequest) => BodyReading,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'text/plain'], (request, _payload, done) =>
    done(null, new RequestBody(request.raw, maxBytes, readingOf(request))),
  );
}

/** Discards what a client still sends so that it sees its response, up to a bound; `limits.requestTimeoutMs` bounds the time. */
export function discardRest(raw: IncomingMessage): void {
  if (raw.complete) return;
  let left = discardedBytes;
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.socket.destroy();
  });
}

function eachChunk(raw: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => settle(() => reject(clientGone()));
  const finish = (): void => settle(resolve);
  const onData = (chunk: Buffer): void => {
    try {
      take(chunk);
    } catch (error) {
      settle(() => reject(error));
    }
  };
  const settle = (then: () => void): void => {
    raw.off('data', onData).off('end', finish).off('close', abort);
    then();
  };
  // The caller hears of it by `close`, which comes in any case.
  raw.on('error', () => {});
  if (raw.destroyed) reject(clientGone());
  else raw.on('data', onData).on('end', finish).on('close', abort);
  return promise;
}

function tooLarge(maxBytes: number): never {
  return refuseRequest('body-too-large', 'body', `it must have at most ${maxBytes} bytes`);
}
