/** Opens the store that the settings describe. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refused } from '@atesto/evidence';
import type { FastifyBaseLogger } from 'fastify';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { type MarkFile, openStore, type Store, type StoreOptions } from '../storage/index.ts';
import { makePrivateDirectory, readIfPresent, writeDurably } from './file.ts';
import { keptKey, keyIn } from './secret.ts';

/** What an opened store tells, and what it keeps outside the database. */
export interface StoreSurroundings {
  readonly log: Pick<FastifyBaseLogger, 'error'>;
  /** Where the high-water mark is kept; default: in the state directory. */
  readonly markFile?: MarkFile;
}

/** The high-water mark of the state directory. */
export function markFileOf({ stateDirectory }: Pick<ServiceConfig, 'stateDirectory'>): MarkFile {
  const path = join(stateDirectory, 'store-mark.json');
  return { read: () => readIfPresent(path)?.toString('utf8'), write: (text) => writeDurably(path, text) };
}

/** Opens it and brings its schema up to date. Throws `ConfigRefused` when that cannot be done. */
export async function openConfiguredStore(
  config: ServiceConfig,
  { log, markFile = markFileOf(config) }: StoreSurroundings,
): Promise<Store> {
  const { leaseMs } = config.storage;
  const place = placeOf(config);
  const options: StoreOptions = {
    ...place,
    integrityKey: integrityKey(config),
    markFile,
    leaseMs,
    pollIntervalMs: Math.max(50, Math.min(500, Math.floor(leaseMs / 4))),
    onListenerError: (error) => log.error({ err: error }, 'a change of the store could not be taken in'),
  };
  try {
    return await openStore(options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, where, why } = error.refusal;
    throw new ConfigRefused([{ code: 'store-unusable', where: 'storage', why: `${where}: ${why} (${code})` }]);
  }
}

function placeOf({ storage, stateDirectory }: ServiceConfig) {
  if (storage.kind === 'sqlite') {
    const path = storage.path ?? join(stateDirectory, 'store.sqlite');
    makePrivateDirectory(dirname(path));
    return { kind: 'sqlite', path } as const;
  }
  const connectionString = storage.connectionString ?? firstLine(storage.connectionStringFile ?? '');
  return { kind: 'postgres', connectionString, poolSize: storage.poolSize } as const;
}

function firstLine(path: string): string {
  const [line = ''] = readFileSync(path, 'utf8').split(/\r?\n/, 1);
  if (/^postgres(ql)?:\/\/\S+$/.test(line)) return line;
  throw unreadable('storage.connectionStringFile', 'its first line is no connection string; write postgres://… there');
}

function integrityKey({ storage, stateDirectory }: ServiceConfig): Uint8Array {
  if (storage.integrityKeyFile === undefined) return keptKey(join(stateDirectory, 'development', 'integrity.key'));
  const key = keyIn(readFileSync(storage.integrityKeyFile));
  if (key !== undefined) return key;
  throw unreadable(
    'storage.integrityKeyFile',
    'it does not hold 32 bytes; write them raw, as 64 hex digits or as base64url',
  );
}

function unreadable(where: string, why: string): ConfigRefused {
  return new ConfigRefused([{ code: 'setting-file-unreadable', where, why }]);
}
