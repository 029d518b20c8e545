/** Ends a server gently: idle connections at once, requests under way within a grace period. */
import type { Server } from 'node:https';

/** Closes; after `graceMs` the connections that are left are cut. */
export async function closeServer(
  app: { readonly server: Server; close(): Promise<unknown> },
  graceMs: number,
): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
