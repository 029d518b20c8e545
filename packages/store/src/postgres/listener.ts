/**
 * When did another instance change something? A connection of its own listens for the database's notifications. They are only
 * a hint to look at the change feed: what is sent while the connection is down is found by looking when it is back.
 */
import { Client, type ClientConfig } from 'pg';

/** The name under which changes are announced. */
export const changeChannel = 'atesto_changes';

const firstPauseMs = 50;
const longestPauseMs = 5000;

/** Calls `poke` with each announcement and each time the connection is made anew; returns what ends that. */
export async function listenForChanges(config: ClientConfig, poke: () => void): Promise<() => Promise<void>> {
  const listener = new Listener(config, poke);
  await listener.connect();
  return () => listener.close();
}

class Listener {
  readonly #config: ClientConfig;
  readonly #poke: () => void;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = firstPauseMs;
  #closed = false;

  constructor(config: ClientConfig, poke: () => void) {
    this.#config = config;
    this.#poke = poke;
  }

  async connect(): Promise<void> {
    const client = new Client(this.#config);
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', this.#poke);
    try {
      await client.connect();
      await client.query(`listen ${changeChannel}`);
    } catch {
      this.#lost(client);
      return;
    }
    this.#pauseMs = firstPauseMs;
    this.#poke();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => {});
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.connect(), this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }
}
