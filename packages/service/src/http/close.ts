/** Ends a server gently: idle connections at once, requests under way within a grace period. */
import type { Server } from 'node:https';
import type { UnderWay } from './under-way.ts';

/** Closes; after `graceMs` the connections that are left are cut, and what is at work for them has as long again to end. */
export async function closeServer(
  app: { readonly server: Server; close(): Promise<unknown> },
  graceMs: number,
  underWay: UnderWay,
): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
  await underWay.settled(graceMs);
}
