/** `atesto provider audit`: who asked what of a provider, and what came of it. */
import { Command, Option } from 'commander';
import { administer, type ConnectionOptions, connectable } from '../administration/connection.ts';
import { readInteger } from '../input/options.ts';
import type { Session } from '../session.ts';
import { columns } from '../style.ts';

interface Options extends ConnectionOptions {
  readonly limit: number;
  readonly from?: string;
  readonly before?: string;
  readonly operation?: string;
  readonly verdict?: string;
  readonly code?: string;
  readonly caller?: string;
  readonly tokenId?: string;
  readonly requestId?: string;
  readonly cursor?: string;
  readonly all?: true;
}

/** The command. */
export function providerAuditCommand(session: Session): Command {
  return connectable(
    new Command('audit').description('Who asked what, and what came of it; newest first.'),
    'audit --verdict refused --from 2026-11-24T12:00:00Z',
  )
    .option('--limit <number>', 'how many entries', readInteger(1, 1000), 50)
    .option('--from <time>', 'from this time on, such as 2026-11-24T12:00:00Z')
    .option('--before <time>', 'before this time')
    .option('--operation <name>', 'attest, set-policy …')
    .addOption(new Option('--verdict <verdict>', 'only this one').choices(['allowed', 'refused', 'failed']))
    .option('--code <code>', 'refused with this code')
    .option('--caller <caller>', 'by this caller')
    .option('--token-id <jti>', 'the call that gave this token')
    .option('--request-id <id>', 'the call of this request')
    .option('--cursor <cursor>', 'the page after this one')
    .option('--all', 'the entries of all providers; for service administrators')
    .action((options: Options) =>
      administer(options, session, async (_client, provider) => {
        const page = await provider.audit(filterOf(options));
        if (options.json === true) session.out(`${JSON.stringify(page)}\n`);
        else print(page, options.all === true, session);
      }),
    );
}

function filterOf(options: Options): Record<string, string> {
  const { limit, from, before, operation, verdict, code, caller, tokenId, requestId, cursor } = options;
  const scope = options.all === true ? 'service' : undefined;
  const given = {
    scope,
    limit: String(limit),
    from,
    before,
    operation,
    verdict,
    code,
    caller,
    tokenId,
    requestId,
    cursor,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function print(page: Readonly<Record<string, unknown>>, ofAll: boolean, { out, err, style }: Session): void {
  const entries = Array.isArray(page.entries) ? page.entries : [];
  const table = entries.map((entry) => {
    const { time, provider, operation, verdict, code, caller, attestationType } = Object(entry);
    return [time, ...(ofAll ? [provider] : []), verdict, operation, attestationType, caller, code ?? ''];
  });
  out(columns(table));
  if (typeof page.next === 'string') err(style.err.faint(`more with --cursor ${page.next}\n`));
}
