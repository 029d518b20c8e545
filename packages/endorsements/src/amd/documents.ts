/** Where the documents of AMD's key distribution service are read: from the service, or from a directory that mirrors it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpClient, type HttpClientOptions } from '@atesto/http-client';
import { checkBaseUrl, withoutQuery } from '../http/address.ts';
import { getDocument, type RetryLimits } from '../http/get.ts';
import { checkStatus } from '../http/status.ts';
import { refuseEndorsements } from '../refusal.ts';
import { SingleFlight } from '../single-flight.ts';

/** A place of documents by path, query included. */
export interface KdsDocuments {
  readonly name: string;
  get(path: string, signal: AbortSignal | undefined): Promise<Buffer>;
  /** All documents that may stand for that of a path: one at least. */
  all(path: string, signal: AbortSignal | undefined): Promise<readonly [Buffer, ...Buffer[]]>;
  close(): Promise<void>;
}

/** The service: one request in flight for each document. */
export function httpDocuments(baseUrl: string, client: HttpClientOptions, retry: RetryLimits): KdsDocuments {
  const base = checkBaseUrl(baseUrl).href.replace(/\/+$/, '');
  const http = new HttpClient(client);
  const flight = new SingleFlight<Buffer>();

  async function fetchDocument(url: string, signal: AbortSignal): Promise<Buffer> {
    const answer = await getDocument(http, url, {}, retry, signal);
    checkStatus(answer, url.includes('?') ? 'platform' : 'service', withoutQuery(url));
    return answer.body;
  }

  const get: KdsDocuments['get'] = (path, signal) =>
    flight.run(base + path, signal, (controller) => fetchDocument(base + path, controller));
  return {
    name: base,
    get,
    all: async (path, signal) => [await get(path, signal)],
    close: () => http.close(),
  };
}

const largestDocument = 4 * 1024 * 1024;

/** A directory: the files have the paths of the service below it, the query as part of the name, as mirroring tools write them. */
export function fileDocuments(directory: string): KdsDocuments {
  const all: KdsDocuments['all'] = async (path) => {
    const places = [path, ...otherPlaces(path)].map((place) => join(directory, place));
    const [first, ...others] = (await Promise.all(places.map(readDocument))).filter((bytes) => bytes !== undefined);
    if (first !== undefined) return [first, ...others];
    return refuseEndorsements('bundle-no-match', join(directory, path), 'there is no such file');
  };
  return {
    name: directory,
    get: async (path, signal) => (await all(path, signal))[0],
    all,
    close: async () => {},
  };
}

/** A product's list is the ARK's, the same for both kinds of key: a mirror may have it for one of them alone, or a newer one for one of them. */
function otherPlaces(path: string): string[] {
  const [, kind, product] = /^\/(vcek|vlek)\/v1\/(\w+)\/crl$/.exec(path) ?? [];
  return kind === undefined ? [] : [`/${kind === 'vcek' ? 'vlek' : 'vcek'}/v1/${product}/crl`];
}

/** Undefined: there is no such file. One that cannot be read is not the same. */
async function readDocument(file: string): Promise<Buffer | undefined> {
  try {
    if ((await stat(file)).size <= largestDocument) return await readFile(file);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return refuseEndorsements('bundle-unreadable', file, 'the file cannot be read');
  }
  return refuseEndorsements('endorsements-too-large', file, `the file is larger than ${largestDocument} bytes`);
}
