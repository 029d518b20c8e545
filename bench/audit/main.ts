/** Measures what the audit record costs an attestation on each store, compared with the same service without a record. */
import { startPostgres } from '@atesto/store/testing';
import type { LoadOrder, LoadResult } from '../service/load.ts';
import { canPin, type Partner, type ServerAddress, startPartner } from '../service/process.ts';
import { inTurns } from '../service/turns.ts';
import { writeWorkload } from '../service/workload.ts';
import { simulatedWorkload } from '../verify/workload.ts';

/** One line of the table. */
export interface AuditRow extends LoadResult {
  readonly name: string;
  /** This row's attestations a second divided by those without audit. */
  readonly ratio: number;
  /** CPU time of all threads of the service for one attestation, in microseconds: the least of all rounds. */
  readonly cpuMicroseconds: number;
}

const connections = 16;
/** Many short rounds: the figures to compare come from moments that are alike. */
const roundRequests = 300;
const rounds = 40;
const goal = 0.9;

/** Measures; PostgreSQL is left out where it cannot be started. */
export async function benchAudit(): Promise<AuditRow[]> {
  // At the present time: a service refuses a clock that a database contradicts.
  const directory = await writeWorkload(await simulatedWorkload('sgx', new Date()));
  const { server } = await startPostgres();
  const partners: Partner[] = [];
  const start = (file: string, core: number, store?: string): Partner => {
    const partner = startPartner(file, directory.path, core, store === undefined ? [] : [store]);
    partners.push(partner);
    return partner;
  };
  try {
    const stores: [name: string, argument: string | undefined][] = [
      ['audit off', 'off'],
      ['audit on SQLite', undefined],
    ];
    if (server !== undefined) stores.push(['audit on PostgreSQL', await server.createDatabase()]);
    const client = start('load.ts', 1);
    const leastCpu = stores.map(() => Number.POSITIVE_INFINITY);
    const works: (() => Promise<LoadResult>)[] = [];
    for (const [index, [, argument]] of stores.entries()) {
      const service = start('atesto-server.ts', 0, argument);
      const address = await service.ask<ServerAddress>('address');
      const order: LoadOrder = { ...address, connections, requests: roundRequests };
      works.push(async () => {
        const before = cpuOf(await service.ask('cpu'));
        const result = await client.ask<LoadResult>(order);
        const spent = (cpuOf(await service.ask('cpu')) - before) / roundRequests;
        leastCpu[index] = Math.min(leastCpu[index] ?? spent, spent);
        return result;
      });
    }
    const results = await inTurns(works, rounds);
    const [off] = results;
    return stores.flatMap(([name], index) => {
      const result = results[index];
      return result === undefined || off === undefined
        ? []
        : [{ name, ...result, ratio: result.perSecond / off.perSecond, cpuMicroseconds: leastCpu[index] ?? 0 }];
    });
  } finally {
    for (const partner of partners) partner.stop();
    await server?.dispose();
    directory.remove();
  }
}

function cpuOf({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

if (import.meta.main) {
  console.log(canPin ? 'servers on one core, client on another' : 'NOT held to one core');
  for (const { name, perSecond, p50Ms, p99Ms, ratio, cpuMicroseconds } of await benchAudit()) {
    const verdict = name === 'audit off' ? '' : `  goal ${goal}: ${ratio >= goal ? 'met' : 'MISSED'}`;
    const wait = `p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms  ${Math.round(cpuMicroseconds)} µs CPU`;
    console.log(
      `${Math.round(perSecond).toString().padStart(8)}/s  ratio ${ratio.toFixed(2)}  ${wait}  ${name}${verdict}`,
    );
  }
}
