/** Offers one PostgreSQL server to all test files of a run; it starts when the first of them asks for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { PostgresAttempt } from '../packages/store/src/testing/postgres-server.ts';

/** Puts the address of the offer into the environment of the processes that this one starts; the result ends the server. */
export async function offerPostgres(): Promise<() => Promise<void>> {
  let attempt: Promise<PostgresAttempt> | undefined;
  const offer = createServer(async (_request, response) => {
    attempt ??= start();
    const { server, skip } = await attempt;
    response.writeHead(server === undefined ? 503 : 200).end(server?.url ?? skip);
  });
  await once(offer.listen(0, '127.0.0.1'), 'listening');
  const address = offer.address();
  if (address !== null && typeof address === 'object') process.env.TEST_POSTGRES = `http://127.0.0.1:${address.port}`;
  return async () => {
    offer.close();
    offer.closeAllConnections();
    await (await attempt)?.server?.dispose();
  };
}

async function start(): Promise<PostgresAttempt> {
  const { startPostgres } = await import('../packages/store/src/testing/postgres-server.ts');
  // The server also ends with a run that is interrupted: it listens for the end of the process.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return startPostgres({ max_connections: '300', fsync: 'off', full_page_writes: 'off' });
}
