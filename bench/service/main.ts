/**
 * Measures attestations per second over HTTPS keep-alive on one core, compared with a bare server that parses the same request, does the same
 * verification and makes the same signature; and checks that memory stays flat.
 */
import { pathToFileURL } from 'node:url';
import type { LoadOrder, LoadResult } from './load.ts';
import { connections, type MemoryFigures, printMemory, watchMemory } from './memory.ts';
import { canPin, type Partner, type ServerAddress, startPartner } from './process.ts';
import { inTurns } from './turns.ts';
import { writeWorkload } from './workload.ts';

/** One line of the table. */
export interface ServiceRow {
  readonly name: string;
  /** Attestations a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The service's figure divided by this row's. */
  readonly ratio: number;
  /** The least ratio that is asked for; absent when none is. */
  readonly goal?: number;
}

/** The figures of one run. */
export interface ServiceFigures {
  readonly workload: string;
  /** Whether each process was held to one core. */
  readonly pinned: boolean;
  readonly rows: readonly ServiceRow[];
  readonly memory: MemoryFigures;
}

const roundRequests = 2_000;

/** Measures. `attestations` is how many the service delivers while its memory is watched. */
export async function benchService(attestations = 100_000): Promise<ServiceFigures> {
  const directory = await writeWorkload();
  const partners: Partner[] = [];
  const start = (file: string, core: number, more: readonly string[] = []): Partner => {
    const partner = startPartner(file, directory.path, core, more);
    partners.push(partner);
    return partner;
  };
  try {
    const service = start('atesto-server.ts', 0);
    const address = await service.ask<ServerAddress>('address');
    // After the service: it speaks TLS with the certificate that the service made.
    const bare = await start('bare-server.ts', 0, [address.caFile]).ask<ServerAddress>('address');
    const client = start('load.ts', 1);
    const load = (to: ServerAddress, requests: number): Promise<LoadResult> =>
      client.ask({ ...to, connections, requests } satisfies LoadOrder);
    const [ours, limit] = await inTurns([() => load(address, roundRequests), () => load(bare, roundRequests)]);
    if (ours === undefined || limit === undefined) throw new Error('a measurement is missing');
    for (const partner of partners.splice(0)) partner.stop();
    const memory = await watchMemory(directory.path, attestations);
    return {
      workload: directory.name,
      pinned: canPin,
      rows: [
        { name: 'attestations over HTTPS', ...ours, ratio: 1 },
        { name: 'bare node:https server', ...limit, ratio: ours.perSecond / limit.perSecond, goal: 0.5 },
      ],
      memory,
    };
  } finally {
    for (const partner of partners) partner.stop();
    directory.remove();
  }
}

function print({ workload, pinned, rows, memory }: ServiceFigures): void {
  console.log(`${workload}; ${pinned ? 'servers on one core, client on another' : 'NOT held to one core'}`);
  for (const { name, perSecond, p50Ms, p99Ms, ratio, goal } of rows) {
    const verdict = goal === undefined ? '' : `  goal ${goal}: ${ratio >= goal ? 'met' : 'MISSED'}`;
    const wait = `p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`;
    console.log(
      `${Math.round(perSecond).toString().padStart(8)}/s  ratio ${ratio.toFixed(2)}  ${wait}  ${name}${verdict}`,
    );
  }
  printMemory(memory);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [attestations = '100000'] = process.argv.slice(2);
  print(await benchService(Number(attestations)));
}
