/** docs/clients.md against the clients of the interoperability tests: what it says of them must be what they are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clients, unavailableClients } from '../interop/clients.ts';
import { type ClientResult, renderPage } from '../interop/page.ts';
import { operations, parseStep } from '../interop/step.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'clients.md'), 'utf8');

test('docs/clients.md names every client with its versions, address and needs: `npm run interop -- --write docs/clients.md`', () => {
  const { needs } = partsOf(renderPage(clients.map((client) => ({ client, steps: [] }))));
  assert.equal(partsOf(page).needs, needs);
});

test('docs/clients.md says what every client did as last run, and that nothing failed', () => {
  const { did } = partsOf(page);
  for (const { name, language } of clients) {
    const row = did.split('\n').find((line) => line.startsWith(`| ${name} | ${language} |`));
    assert.match(row ?? '', /\| [0-9]+ \|/, name);
  }
  assert.doesNotMatch(did, /[0-9] failed/);
});

test('docs/clients.md says why the others do not run', () => {
  for (const { name, language, why } of unavailableClients) {
    assert.ok(page.includes(`| ${name} | ${language} | ${why} |`), name);
  }
});

test('the page counts the steps of each operation that passed, and tells failures and skipped clients', () => {
  const [client, other] = clients;
  assert.ok(client !== undefined && other !== undefined);
  const results: ClientResult[] = [
    {
      client,
      steps: [
        { operation: 'keys', name: 'a', ok: true },
        { operation: 'keys', name: 'b', ok: true },
        { operation: 'policies', name: 'c', ok: false, why: 'no' },
      ],
    },
    { client: other, steps: [], skipped: 'go is not installed\nmore' },
  ];
  const { did } = partsOf(renderPage(results, []));
  assert.ok(did.includes('| client | language | keys | policies |'));
  assert.ok(did.includes(`| ${client.name} | ${client.language} | 2 | **1 of 1 failed** |`));
  assert.ok(did.includes(`| ${other.name} | ${other.language} | go is not installed |`));
});

test('a line of a client is a step when it has an operation, a name and what it came to', () => {
  const step = { operation: 'keys', name: 'a', ok: false, why: 'no' };
  assert.deepEqual(parseStep(JSON.stringify(step)), step);
  const broken = [
    { ...step, operation: 'other' },
    { ...step, name: 1 },
    { ...step, ok: 'yes' },
  ].map((one) => JSON.stringify(one));
  for (const line of [...broken, '', 'text', '{', '{}']) assert.equal(parseStep(line), undefined, line);
  assert.equal(new Set(operations).size, operations.length);
});

function partsOf(text: string): { readonly needs: string; readonly did: string } {
  const [needs = '', did = ''] = text.split('\n## What each did\n');
  return { needs, did };
}
