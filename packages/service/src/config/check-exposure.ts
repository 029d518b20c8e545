/** Checks that only their owner can read secret files, and that development listens on loopback. */
import { statSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import type { ConfigProblem } from './problem.ts';
import type { ServiceConfig } from './schema.ts';

/** The files of the settings that hold keys, passwords or passphrases, by setting. */
export function secretFiles({ tls, signing, storage, endorsements }: ServiceConfig): [string, string][] {
  const named: [string, string | undefined][] = [
    ['tls.keyFile', tls.keyFile],
    ['tls.keyPassphraseFile', tls.keyPassphraseFile],
    ['signing.passphraseFile', signing.passphraseFile],
    ['signing.keyFile', signing.keyFile],
    ['signing.hsm.pinFile', signing.hsm?.pinFile],
    ['storage.connectionStringFile', storage.connectionStringFile],
    ['storage.integrityKeyFile', storage.integrityKeyFile],
    ['endorsements.intel.subscriptionKeyFile', endorsements.intel.subscriptionKeyFile],
  ];
  return named.flatMap(([where, path]): [string, string][] => (path === undefined ? [] : [[where, path]]));
}

/**
 * The fault of a file that users other than this one can read or write; undefined if there is none, or if the file cannot be inspected. A file that
 * root owns may be readable by a group, as PostgreSQL permits for its key: orchestrators hand over secrets that way.
 */
export function exposureOf(where: string, path: string): ConfigProblem | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const { mode, uid } = statSync(path, { throwIfNoEntry: false }) ?? { mode: 0, uid: user };
  const isHandedOver = uid === 0 && user !== 0;
  if ((mode & (isHandedOver ? 0o037 : 0o077)) === 0) return undefined;
  const why = `users other than its owner can read or write the file; run: chmod ${isHandedOver ? '640' : '600'} ${shellWord(path)}`;
  return { code: 'secret-file-exposed', where, why };
}

/** All exposed secrets of a configuration. Files are checked only in production. */
export function checkExposure(config: ServiceConfig): ConfigProblem[] {
  if (config.environment === 'development') return checkDevelopmentAddress(config);
  return secretFiles(config).flatMap(([where, path]) => exposureOf(where, path) ?? []);
}

function checkDevelopmentAddress({ listen }: ServiceConfig): ConfigProblem[] {
  if (listen.allowPublicDevelopment || isLoopback(listen.host)) return [];
  const why =
    'environment is "development", which trusts keys and certificates that it makes itself, and other machines can reach this address; write a loopback address, set environment to "production", or set listen.allowPublicDevelopment to true';
  return [{ code: 'development-public', where: 'listen.host', why }];
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
