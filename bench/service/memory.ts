/**
 * Checks that the memory of the service stays flat: after a warm-up, equal windows of attestations are compared. V8's young generation, which
 * grows over hundreds of thousands of requests, is bounded here: its growth would look like a leak, or hide one.
 */
import type { LoadOrder } from './load.ts';
import { type Memory, type ServerAddress, startPartner } from './process.ts';

/** What the process of the service holds, after a collection of garbage. */
export interface MemoryRow extends Memory {
  /** Attestations before the measurement. */
  readonly attestations: number;
}

/** The rows; the first is the end of the warm-up. */
export interface MemoryFigures {
  readonly rows: readonly MemoryRow[];
  /** Growth from the end of the warm-up to the end, as a part of the former. */
  readonly heapGrowth: number;
  readonly residentGrowth: number;
}

const warmUp = 20_000;
const windows = 4;
/** How many connections the load client keeps busy. */
export const connections = 16;
const goals = { heap: 0.02, resident: 0.05 };
const boundedYoungGeneration = ['--max-semi-space-size=16'];

/** Delivers `attestations`, and looks at the memory at the end of the warm-up and of each window after it. */
export async function watchMemory(directory: string, attestations: number): Promise<MemoryFigures> {
  const service = startPartner('atesto-server.ts', directory, 0, [], boundedYoungGeneration);
  const client = startPartner('load.ts', directory, 1);
  try {
    const address = await service.ask<ServerAddress>('address');
    const rows: MemoryRow[] = [];
    const deliver = async (delivered: number, requests: number): Promise<void> => {
      await client.ask({ ...address, connections, requests } satisfies LoadOrder);
      rows.push({ attestations: delivered + requests, ...(await service.ask<Memory>('memory')) });
    };
    const first = Math.min(warmUp, attestations);
    await deliver(0, first);
    const part = Math.ceil((attestations - first) / windows);
    for (let delivered = first; delivered < attestations; delivered += part) await deliver(delivered, part);
    return { rows, heapGrowth: growth(rows, 'heapBytes'), residentGrowth: growth(rows, 'residentBytes') };
  } finally {
    service.stop();
    client.stop();
  }
}

function growth(rows: readonly MemoryRow[], member: keyof Memory): number {
  const [first, last] = [rows.at(0)?.[member] ?? 0, rows.at(-1)?.[member] ?? 0];
  return last / first - 1;
}

/** Prints the rows and the verdict. */
export function printMemory({ rows, heapGrowth, residentGrowth }: MemoryFigures): void {
  const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1).padStart(7);
  for (const { attestations, heapBytes, residentBytes } of rows) {
    console.log(
      `${mebibytes(heapBytes)} MiB heap ${mebibytes(residentBytes)} MiB resident after ${attestations} attestations`,
    );
  }
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
  const verdict = heapGrowth <= goals.heap && residentGrowth <= goals.resident ? 'met' : 'MISSED';
  const goal = `goal at most ${percent(goals.heap)} and ${percent(goals.resident)}: ${verdict}`;
  console.log(`since the first row heap ${percent(heapGrowth)}, resident ${percent(residentGrowth)}  ${goal}`);
}
