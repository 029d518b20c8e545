/** Keeps what each client came to when it last ran, so that the page of all can be written after runs of some. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from './client.ts';
import type { ClientResult } from './page.ts';
import { parseStep, type Step } from './step.ts';

const file = join(import.meta.dirname, '..', 'node_modules', '.cache', 'interop', 'results.json');

/** What is kept: steps by client with its versions. A client of other versions has not run yet. */
type Kept = Record<string, { readonly steps: readonly Step[]; readonly skipped?: string }>;

function keyOf({ language, name, pins }: Client): string {
  return [language, name, ...pins].join('; ');
}

function read(): Kept {
  try {
    const kept: Record<string, { steps: unknown[]; skipped?: string }> = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(
      Object.entries(kept).map(([key, { steps, skipped }]) => [
        key,
        {
          steps: steps.flatMap((step) => parseStep(JSON.stringify(step)) ?? []),
          ...(skipped === undefined ? {} : { skipped }),
        },
      ]),
    );
  } catch {
    return {};
  }
}

/** Puts the results beside those that are kept, in place of older ones. */
export function keepResults(results: readonly ClientResult[]): void {
  const added = results.map(({ client, ...result }) => [keyOf(client), result]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...read(), ...Object.fromEntries(added) }));
}

/** What each client came to. Throws when one has never run. */
export function keptResults(clients: readonly Client[]): ClientResult[] {
  const kept = read();
  return clients.map((client) => {
    const result = kept[keyOf(client)];
    if (result === undefined) throw new Error(`${client.language}: ${client.name} has not run yet; run it first`);
    return { client, ...result };
  });
}
