/** `atesto provider audit`: tells who asked what of a provider, and what came of it; `verify`: whether the record was changed. */
import { Command, Option } from 'commander';
import { administer, type ConnectionOptions, connectable } from '../administration/connection.ts';
import { CliFailure } from '../failure.ts';
import { readInteger } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';
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
    .option('--operation <name>', 'attest, set-policy …; of a wrong name the service tells those that there are')
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
    )
    .addCommand(verifyCommand(session));
}

function verifyCommand(session: Session): Command {
  return connectable(
    new Command('verify').description('Verify that no audit entry was changed, removed or added behind the service.'),
    'audit verify',
  ).action((_options: ConnectionOptions, command: Command) =>
    // Options that the parent has as well belong to it wherever they stand.
    administer(command.optsWithGlobals<ConnectionOptions>(), session, async (_client, provider) => {
      const findings: unknown[] = [];
      let entries = 0;
      let cursor: string | undefined;
      do {
        const step = await provider.verifyAudit(cursor);
        entries += typeof step.rows === 'number' ? step.rows : 0;
        if (Array.isArray(step.findings)) findings.push(...step.findings);
        cursor = typeof step.next === 'string' ? step.next : undefined;
      } while (cursor !== undefined && findings.length < mostFindings);
      if (command.optsWithGlobals<ConnectionOptions>().json === true) {
        session.out(`${JSON.stringify({ entries, isIntact: findings.length === 0, findings })}\n`);
      } else session.out(columns(findings.map(findingColumns)));
      if (findings.length > 0) {
        const message = `the audit record was changed; findings: ${findings.length}, entries looked at: ${entries}`;
        throw new CliFailure(exitCodes.refused, message, 'docs/audit-record.md says what each code means.');
      }
      session.err(`the audit record is intact: ${entries} entries verified\n`);
    }),
  );
}

/** Enough to see that the record is not to be trusted. */
const mostFindings = 1000;

function findingColumns(finding: unknown): string[] {
  const { code, writer, sequence, through, why } = Object(finding);
  const place = `${writer}/${sequence}${through === undefined ? '' : `-${through}`}`;
  return [String(code), place, String(why)];
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
