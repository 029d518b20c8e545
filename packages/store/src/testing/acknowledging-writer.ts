/**
 * A process that writes to a SQLite store until it is killed, and says on its standard output what was acknowledged: `d 7` for
 * the seventh version of a document, `a 7` for the audit entry of request 7.
 */
import { writeSync } from 'node:fs';
import { openAudit } from '../audit/audit.ts';
import { openStore } from '../store.ts';

const [path = '', first = '1'] = process.argv.slice(2);
const store = await openStore({ kind: 'sqlite', path, integrityKey: new Uint8Array(32).fill(7) });
const audit = openAudit(store.audit, { batchDelayMs: 0 });

async function changeDocuments(): Promise<never> {
  for (let index = Number(first); ; index += 1) {
    const origin = { actor: 'writer', atMs: index, requestId: `d-${index}`, address: '' };
    const outcome = await store.settings.set('counter', index, origin);
    if (!outcome.ok) throw new Error(outcome.refusal.why);
    writeSync(1, `d ${index}\n`);
  }
}

async function recordEntries(lane: number): Promise<never> {
  for (let index = Number(first) * 10 + lane; ; index += 10) {
    await audit.record({ atMs: index, operation: 'attest', requestId: `a-${index}`, verdict: 'allowed' });
    writeSync(1, `a ${index}\n`);
  }
}

await Promise.all([changeDocuments(), ...Array.from({ length: 10 }, (_, lane) => recordEntries(lane))]);
