/**
 * Notices when another instance changed something. A separate connection listens for notifications of the database. They are only hints to read
 * the change feed: what is missed while the connection is down is found when the feed is read after reconnecting.
 */
import { Client, type ClientConfig } from 'pg';

/** The name under which changes are announced. */
export const changeChannel = 'atesto_changes';

const minPauseMs = 50;
const maxPauseMs = 5000;

/** Calls `requestRefresh` on each notification and each time the connection is restored. Returns a function that stops this. */
export async function listenForChanges(config: ClientConfig, requestRefresh: () => void): Promise<() => Promise<void>> {
  const listener = new Listener(config, requestRefresh);
  await listener.connect();
  return () => listener.close();
}

class Listener {
  readonly #config: ClientConfig;
  readonly #requestRefresh: () => void;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = minPauseMs;
  #closed = false;

  constructor(config: ClientConfig, requestRefresh: () => void) {
    this.#config = config;
    this.#requestRefresh = requestRefresh;
  }

  async connect(): Promise<void> {
    const client = new Client(this.#config);
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', this.#requestRefresh);
    try {
      await client.connect();
      await client.query(`listen ${changeChannel}`);
    } catch {
      this.#lost(client);
      return;
    }
    this.#pauseMs = minPauseMs;
    this.#requestRefresh();
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
    this.#pauseMs = Math.min(maxPauseMs, this.#pauseMs * 2);
  }
}
