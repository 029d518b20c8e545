/**
 * How many attestations does the service deliver in a second over HTTPS keep-alive on one core, beside a bare server that parses the
 * same request, does the same verification and makes the same signature; and does its memory stay flat?
 */
import { pathToFileURL } from 'node:url';
import type { LoadOrder, LoadResult } from './load.ts';
import { canPin, type Memory, type Partner, type ServerAddress, startPartner } from './process.ts';
import { inTurns, rounds } from './turns.ts';
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

/** What the process of the service holds, measured after collections of garbage. */
export interface MemoryRow extends Memory {
  /** Attestations before the measurement. */
  readonly attestations: number;
}

/** The figures of one run. */
export interface ServiceFigures {
  readonly workload: string;
  /** Whether each process was held to one core. */
  readonly pinned: boolean;
  readonly rows: readonly ServiceRow[];
  readonly memory: readonly MemoryRow[];
}

const connections = 16;
const roundRequests = 2_000;

/** Measures. `attestations` is how many the service has delivered at the last look at its memory. */
export async function benchService(attestations = 100_000): Promise<ServiceFigures> {
  const directory = await writeWorkload();
  const partners: Partner[] = [];
  const start = (file: string, core: number): Partner => {
    const partner = startPartner(file, directory.path, core);
    partners.push(partner);
    return partner;
  };
  try {
    const service = start('atesto-server.ts', 0);
    const address = await service.ask<ServerAddress>('address');
    // After the service: it speaks TLS with the certificate that the service made.
    const bare = await start('bare-server.ts', 0).ask<ServerAddress>('address');
    const client = start('load.ts', 1);
    const load = (to: ServerAddress, requests: number): Promise<LoadResult> =>
      client.ask({ ...to, connections, requests } satisfies LoadOrder);
    const [ours, limit] = await inTurns([() => load(address, roundRequests), () => load(bare, roundRequests)]);
    if (ours === undefined || limit === undefined) throw new Error('a measurement is missing');
    const memory = await watchMemory(service, attestations, (requests) => load(address, requests));
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

async function watchMemory(
  service: Partner,
  attestations: number,
  load: (requests: number) => Promise<unknown>,
): Promise<MemoryRow[]> {
  const done = (rounds + 1) * roundRequests;
  const rows: MemoryRow[] = [{ attestations: done, ...(await service.ask<Memory>('memory')) }];
  const part = Math.ceil(Math.max(0, attestations - done) / 3);
  for (let delivered = done; delivered < attestations; delivered += part) {
    await load(part);
    rows.push({ attestations: delivered + part, ...(await service.ask<Memory>('memory')) });
  }
  return rows;
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
  const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1).padStart(7);
  for (const { attestations, heapBytes, residentBytes } of memory) {
    console.log(
      `${mebibytes(heapBytes)} MiB heap ${mebibytes(residentBytes)} MiB resident after ${attestations} attestations`,
    );
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [attestations = '100000'] = process.argv.slice(2);
  print(await benchService(Number(attestations)));
}
