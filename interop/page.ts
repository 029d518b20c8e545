/** Writes the page of all clients: which operations each did as last run, and what it needs. */
import type { Client, UnavailableClient } from './client.ts';
import { unavailableClients } from './clients.ts';
import { operations, type Step } from './step.ts';

/** What a client came to. */
export interface ClientResult {
  readonly client: Client;
  readonly steps: readonly Step[];
  /** Why it did not run. */
  readonly skipped?: string;
}

/** The page as Markdown. */
export function renderPage(results: readonly ClientResult[], unavailable = unavailableClients): string {
  return `# Clients

Clients of Azure Attestation and libraries of relying parties that are run, unmodified, against Atesto: \`npm run interop\`. This page is
written by \`npm run interop -- --write docs/clients.md\`; edit \`interop/\` instead.

## What each needs

An address with a path is that of a provider, \`https://host/providers/name\`. Clients that keep only the host of an address reach the default
provider; give them host names of providers (\`providers.baseDomain\`, [hosting](hosting.md)).

${table(
  ['client', 'language', 'version', 'address', 'what else is set'],
  results.map(({ client }) => [client.name, client.language, client.pins.join('<br>'), client.address, client.needs]),
)}

## What each did

As last run: the number of steps of each operation that passed; failed ones are told apart.

${operationTable(results)}

${skippedPart(results, unavailable)}`;
}

function operationTable(results: readonly ClientResult[]): string {
  const ran = results.filter(({ skipped }) => skipped === undefined);
  const used = operations.filter((one) => ran.some(({ steps }) => steps.some(({ operation }) => operation === one)));
  return table(
    ['client', 'language', ...used],
    ran.map(({ client, steps }) => [
      client.name,
      client.language,
      ...used.map((one) => cell(steps.filter(({ operation }) => operation === one))),
    ]),
  );
}

function cell(steps: readonly Step[]): string {
  const passed = steps.filter(({ ok }) => ok).length;
  if (steps.length === 0) return '';
  return passed === steps.length ? String(passed) : `**${steps.length - passed} of ${steps.length} failed**`;
}

function skippedPart(results: readonly ClientResult[], unavailable: readonly UnavailableClient[]): string {
  const skipped = results.flatMap(({ client, skipped: why }) => (why === undefined ? [] : [{ ...client, why }]));
  const rows = [...skipped, ...unavailable].map(({ name, language, why }) => [
    name,
    language,
    why.split('\n')[0] ?? '',
  ]);
  return rows.length === 0 ? '' : `## Not run\n\n${table(['client', 'language', 'why'], rows)}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
