/** Opens the store as the settings describe it. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Outcome, Refused } from '@atesto/core';
import { type MarkFile, openStore, type Store, type StoreOptions } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { makePrivateDirectory, readIfPresent, writeDurably } from './file.ts';
import { keptKey, keyIn } from './secret.ts';
import { mayPass, reasonOf, StoreUnusable } from './store-unusable.ts';

const firstPauseMs = 500;
const longestPauseMs = 5000;

/** What a store needs from its instance. */
export interface StoreEnvironment {
  readonly log: Pick<FastifyBaseLogger, 'error' | 'warn'>;
  /** Where the high-water mark is kept; default: in the state directory. */
  readonly markFile?: MarkFile | undefined;
  /** Whether a database that does not answer is waited for, as a service does when it starts; default: no. */
  readonly isPatient?: boolean | undefined;
  /** Ends that wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** This instance's clock; default: the system's. */
  readonly nowMs?: (() => number) | undefined;
}

/** The high-water mark of the state directory. */
export function markFileOf({ stateDirectory }: Pick<ServiceConfig, 'stateDirectory'>): MarkFile {
  const path = join(stateDirectory, 'store-mark.json');
  return { read: () => readIfPresent(path)?.toString('utf8'), write: (text) => writeDurably(path, text) };
}

/**
 * Opens it and brings its schema up to date. A database that does not answer yet may be tried again for `storage.startWaitMs`, with one log line each
 * time. Throws `ConfigRefused` for the settings, `StoreUnusable` for the store, and the reason of `signal` when that aborts.
 */
export async function openConfiguredStore(
  config: ServiceConfig,
  { log, markFile = markFileOf(config), nowMs, isPatient = false, signal }: StoreEnvironment,
): Promise<Store> {
  const { leaseMs } = config.storage;
  const location = locationOf(config);
  const options: StoreOptions = {
    ...location,
    integrityKey: integrityKey(config),
    markFile,
    nowMs,
    leaseMs,
    pollIntervalMs: Math.max(50, Math.min(500, Math.floor(leaseMs / 4))),
    onListenerError: (error) => log.error({ err: error }, 'a change of the store could not be applied'),
  };
  let leftMs = isPatient && options.kind === 'postgres' ? config.storage.startWaitMs : 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const startedMs = performance.now();
    const opened = await tryOpening(options);
    if (opened.ok) return opened.value;
    leftMs -= pauseMs + performance.now() - startedMs;
    if (leftMs < 0 || !mayPass(opened.refusal)) throw new StoreUnusable(opened.refusal);
    signal?.throwIfAborted();
    const line = { event: 'store-start', reason: reasonOf(opened.refusal), nextTryMs: pauseMs };
    log.warn(line, 'the database cannot be used yet; it is tried again');
    await pause(pauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

async function tryOpening(options: StoreOptions): Promise<Outcome<Store>> {
  try {
    return { ok: true, value: await openStore(options) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, refusal: error.refusal };
  }
}

function locationOf({ storage, stateDirectory }: ServiceConfig) {
  if (storage.kind === 'sqlite') {
    const path = storage.path ?? join(stateDirectory, 'store.sqlite');
    makePrivateDirectory(dirname(path));
    return { kind: 'sqlite', path } as const;
  }
  const connectionString = connectionStringOf(storage);
  return { kind: 'postgres', connectionString, poolSize: storage.poolSize } as const;
}

function connectionStringOf({ connectionString, connectionStringFile = '' }: ServiceConfig['storage']): string {
  if (connectionString !== undefined) {
    const why = connectionStringFault(connectionString);
    if (why === undefined) return connectionString;
    throw new ConfigRefused([{ code: 'setting-invalid', where: 'storage.connectionString', why }]);
  }
  const [line = ''] = readFileSync(connectionStringFile, 'utf8').split(/\r?\n/, 1);
  const why = connectionStringFault(line);
  if (why === undefined) return line;
  throw unreadable('storage.connectionStringFile', `its first line is not usable: ${why}`);
}

/**
 * What is wrong with it; undefined: nothing. A character of a password that ends the user part of a URI makes the rest of the password a part of
 * the path, or the URI unreadable.
 */
function connectionStringFault(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\/\S+$/.test(text))
    return 'it is not a connection string; write postgres://user:password@host:port/database';
  const isWhole = URL.canParse(text) && !/[@:]/.test(new URL(text).pathname) && new URL(text).hash === '';
  if (isWhole) return undefined;
  return 'it is not a URI, or has an unescaped character in user name or password; write @ as %40, / as %2F, : as %3A, # as %23, ? as %3F and % as %25';
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
