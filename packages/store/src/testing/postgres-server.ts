/** Runs a real PostgreSQL server for tests and benchmarks: own data, a free port on loopback, gone when it is stopped. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type PostgresHome, preparePostgresHome } from './postgres-binaries.ts';

const password = 'test-only';

/** A server on which tests make databases. */
export interface DatabaseServer {
  /** Makes an empty database and returns its connection string. */
  createDatabase(): Promise<string>;
  /** Removes the databases, and the server where it is the file's own. */
  dispose(): Promise<void>;
}

/** A running server in the hands of a test. */
export interface PostgresServer extends DatabaseServer {
  /** Connection string of the database that is always there. */
  readonly url: string;
  /** Stops the server as an operator would; open connections end. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
}

/** The server, or why there can be none here. */
export type PostgresAttempt<Server extends DatabaseServer = PostgresServer> =
  | { readonly server: Server; readonly skip: false }
  | { readonly server: undefined; readonly skip: string };

/** Settings of PostgreSQL by name, in addition to the defaults. */
export type PostgresSettings = Readonly<Record<string, string>>;

/** Starts a server that the caller may stop and start again. */
export async function startPostgres(settings: PostgresSettings = {}): Promise<PostgresAttempt> {
  try {
    return { server: await start(settings), skip: false };
  } catch (error) {
    return { server: undefined, skip: `PostgreSQL cannot be started here: ${String(error).split('\n')[0]}` };
  }
}

async function start(settings: PostgresSettings): Promise<PostgresServer> {
  const home = preparePostgresHome();
  try {
    await initialize(home);
    return await serve(home, settings);
  } catch (error) {
    home.remove();
    throw error;
  }
}

const dataOf = (home: PostgresHome): string => join(home.directory, 'data');

/** A working directory that the user can reach, and messages that can be read here. */
const spawnOptions = (home: PostgresHome) => ({ ...home.user, cwd: home.directory, env: { LC_ALL: 'C' } });

async function initialize(home: PostgresHome): Promise<void> {
  const { uid, gid } = home.user;
  const passwordFile = join(home.directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(dataOf(home), { mode: 0o700 });
  if (uid !== undefined && gid !== undefined) {
    for (const path of [passwordFile, dataOf(home)]) chownSync(path, uid, gid);
  }
  // A collation that does not sort by bytes, as production databases have.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const args = [`--pgdata=${dataOf(home)}`, ...access, ...locale, '--no-sync'];
  await promisify(execFile)(home.program('initdb'), args, spawnOptions(home));
}

/** Serves the data; the port may be taken by another process between its choice and its use, so others are tried. */
async function serve(home: PostgresHome, settings: PostgresSettings): Promise<PostgresServer> {
  let attempts = 0;
  for (;;) {
    const port = await freePort();
    const server = new Server(home, port, settings);
    try {
      await server.start();
      return server;
    } catch (error) {
      attempts += 1;
      if (attempts === 3) throw error;
    }
  }
}

class Server implements PostgresServer {
  readonly #home: PostgresHome;
  readonly #port: number;
  readonly #settings: PostgresSettings;
  #child: ChildProcess | undefined;
  /** A test process that ends without disposing leaves nothing behind. */
  readonly #onExit = (): void => {
    this.#child?.kill('SIGQUIT');
    this.#home.remove();
  };

  constructor(home: PostgresHome, port: number, settings: PostgresSettings) {
    this.#home = home;
    this.#port = port;
    this.#settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  }

  get url(): string {
    return urlOf(this.#port, 'postgres');
  }

  async start(): Promise<void> {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      this.#home.program('postgres'),
      ['-D', dataOf(this.#home), '-p', String(this.#port), ...settings],
      { ...spawnOptions(this.#home), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await readiness(child);
    this.#child = child;
    process.once('exit', this.#onExit);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    process.off('exit', this.#onExit);
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    await exit;
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#home.remove();
  }

  createDatabase(): Promise<string> {
    return createDatabaseOn(this.url);
  }
}

/** Makes an empty database on the server of a connection string and returns its own. */
export async function createDatabaseOn(server: string): Promise<string> {
  const url = new URL(server);
  url.pathname = `t${randomBytes(6).toString('hex')}`;
  await runSql(server, `create database ${url.pathname.slice(1)}`);
  return url.href;
}

/** Resolves when the server takes connections; rejects with its last words when it ends instead. Its log is read on, so that it never waits for a reader. */
function readiness(child: ChildProcess & { readonly stderr: NonNullable<ChildProcess['stderr']> }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    if (line.includes('database system is ready to accept connections')) resolve();
  });
  child.once('error', reject);
  child.once('exit', () => reject(new Error(`it ended: ${last}`)));
  return promise;
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

async function freePort(): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
