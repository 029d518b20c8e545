/** `atesto store deletions list | stop | resume`: what is to be deleted for good, and the way to stop it. */
import type { PendingDeletions } from '@atesto/service';
import { Command } from 'commander';
import type { Session } from '../session.ts';
import { aboutStore, printRefusal, type StoreCommandOptions, withSettings } from '../store/configuration.ts';
import { columns } from '../style.ts';

const about = `
Retired signing keys and expired audit entries are marked first, and deleted when instances have run for clock.deletionDelayHours
since then. While deletions are stopped nothing is deleted; marks stay.`;

const helpOf = (name: string): string => `
Examples:
  $ atesto store deletions ${name} --config atesto.json
${about}`;

/** The commands. */
export function storeDeletionCommands(session: Session): Command[] {
  const command = (name: string, description: string, isStopped: boolean | undefined): Command =>
    aboutStore(new Command(name).description(description))
      .addHelpText('after', helpOf(name))
      .action((options: StoreCommandOptions) => run(isStopped, options, session));
  return [
    command('list', 'Lists what is marked, and for how long instances must still run.', undefined),
    command('stop', 'Stops deleting for good on all instances.', true),
    command('resume', 'Lets deleting go on.', false),
  ];
}

async function run(isStopped: boolean | undefined, options: StoreCommandOptions, session: Session): Promise<void> {
  const { pendingDeletions, stopDeletions } = await import('@atesto/service');
  const outcome = await withSettings(options, session, (config) =>
    isStopped === undefined ? pendingDeletions(config) : stopDeletions(config, isStopped),
  );
  if (!outcome.ok) return printRefusal(outcome.refusal, options, session);
  printDeletions(outcome.value, options, session);
}

function printDeletions(
  { isStopped, marks }: PendingDeletions,
  { json }: StoreCommandOptions,
  { out, style }: Session,
): void {
  const pending = marks.map(({ kind, subject, remainingMs }) => ({
    kind,
    subject: kind.startsWith('audit') ? `entries before ${new Date(Number(subject)).toISOString()}` : subject,
    remainingHours: Math.ceil(remainingMs / 36_000) / 100,
  }));
  if (json === true) {
    out(`${JSON.stringify({ ok: true, isStopped, pending })}\n`);
    return;
  }
  out(
    `deletions are ${isStopped ? style.out.warning('stopped') : style.out.good('not stopped')}; ${marks.length} marked\n`,
  );
  out(columns(pending.map(({ kind, subject, remainingHours }) => [kind, subject, `${remainingHours} h to run`])));
}
