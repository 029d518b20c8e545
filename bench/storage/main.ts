/** Measures how many audited records per second the store takes, and what one costs the serving thread. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEntry, openAudit, openStore, type StoreOptions } from '@atesto/store';
import { startPostgres } from '@atesto/store/testing';

/** One measured store. */
export interface StorageFigures {
  readonly store: 'sqlite' | 'postgres';
  /** How many callers wait for their entry at the same time. */
  readonly concurrency: number;
  readonly records: number;
  readonly recordsPerSecond: number;
  /** CPU time of all threads of this process for one record, in microseconds. */
  readonly cpuMicrosecondsPerRecord: number;
  /** How long a caller waits for its entry, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const integrityKey = new Uint8Array(32).fill(1);

/** Measures both stores; PostgreSQL is left out where it cannot be started. */
export async function benchStorage(records = 20_000): Promise<StorageFigures[]> {
  const figures: StorageFigures[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'atesto-bench-'));
  const { server } = await startPostgres();
  try {
    const stores: StoreOptions[] = [{ kind: 'sqlite', path: join(directory, 'bench.sqlite'), integrityKey }];
    if (server !== undefined) {
      stores.push({ kind: 'postgres', connectionString: await server.createDatabase(), integrityKey });
    }
    for (const options of stores) {
      for (const concurrency of [32, 256]) figures.push(await measure(options, records, concurrency));
    }
  } finally {
    await server?.dispose();
    rmSync(directory, { recursive: true, force: true });
  }
  return figures;
}

async function measure(options: StoreOptions, records: number, concurrency: number): Promise<StorageFigures> {
  const store = await openStore(options);
  const audit = openAudit(store.audit);
  await audit.record(entry(0));
  const waits: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < records) {
      next += 1;
      const began = performance.now();
      await audit.record(entry(next));
      waits.push(performance.now() - began);
    }
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await audit.close();
  await store.close();
  waits.sort((a, b) => a - b);
  return {
    store: options.kind,
    concurrency,
    records,
    recordsPerSecond: Math.round(records / seconds),
    cpuMicrosecondsPerRecord: round((user + system) / records),
    p50Ms: round(waits[Math.floor(waits.length * 0.5)] ?? 0),
    p99Ms: round(waits[Math.floor(waits.length * 0.99)] ?? 0),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function entry(index: number): AuditEntry {
  const text = index.toString(16).padStart(8, '0');
  return {
    atMs: 1_790_000_000_000 + index,
    operation: 'attest',
    requestId: `${text}-4f1d-4b0c-9a57-0d2f6a1c3e5b`,
    verdict: 'allowed',
    provider: 'contoso',
    attestationType: 'SgxEnclave',
    caller: `client-${index % 50}@contoso.example`,
    address: '192.0.2.17',
    evidenceDigest: `${text}vY2ZkYjFhN2Y4ZTk0Nzg1MTIzNDU2Nzg5MA`,
    policyDigest: '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
    policyVersion: 3,
    tokenId: text.repeat(8),
  };
}

if (import.meta.main) console.table(await benchStorage());
