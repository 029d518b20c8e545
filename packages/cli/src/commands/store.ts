/** `atesto store check | accept-restore | accept-time`: what an operator does with the store of a service. */
import { Command } from 'commander';
import type { Session } from '../session.ts';
import { aboutStore, printRefusal, type StoreCommandOptions, withSettings } from '../store/configuration.ts';
import { rows } from '../style.ts';

const checkHelp = `
Examples:
  $ atesto store check --config atesto.json

Verifies the integrity code of every version and the chain between them, and that the history goes on from the high-water
mark in the state directory. Needs the settings and the integrity key of the service, which may be running.
Exit codes: 0 whole, 1 not, 2 wrong settings, 3 the database cannot be reached.`;

const acceptHelp = `
Examples:
  $ atesto store accept-restore --config atesto.json

Instances stop to be ready and refuse every change when the history of the database is not the one that they know, as after
a restored backup. This command says that the restore is meant: all instances then read everything anew and go on from it.
Run it once, on a machine with the settings and the integrity key of the service. docs/hosting.md has the details.`;

const timeHelp = `
Examples:
  $ atesto store accept-time --config atesto.json

An instance does not start, or is not ready and deletes nothing, when its clock stands alone against those of the database and
of the other instances, or is behind the newest time in an embedded database. This command says that the clock of this machine
is right: set it first. Times in an embedded database that lie in the future then prove nothing; of a database server the
command takes down by how much its clock is wrong. docs/hosting.md has the details.`;

/** The commands. */
export function storeCommands(session: Session): Command[] {
  return [
    aboutStore(new Command('check').description('Verifies the whole store.'))
      .addHelpText('after', checkHelp)
      .action((options: StoreCommandOptions) => check(options, session)),
    aboutStore(new Command('accept-restore').description('Says that a restored database is meant.'))
      .addHelpText('after', acceptHelp)
      .action((options: StoreCommandOptions) => acceptRestore(options, session)),
    aboutStore(new Command('accept-time').description('Says that the clock of this machine is right.'))
      .addHelpText('after', timeHelp)
      .action((options: StoreCommandOptions) => acceptThisTime(options, session)),
  ];
}

async function check(options: StoreCommandOptions, session: Session): Promise<void> {
  const { checkConfiguredStore } = await import('@atesto/service');
  const outcome = await withSettings(options, session, checkConfiguredStore);
  if (!outcome.ok) return printRefusal(outcome.refusal, options, session);
  printPosition('the store is whole', outcome.value, options, session);
}

async function acceptRestore(options: StoreCommandOptions, session: Session): Promise<void> {
  const { acceptRestoredStore } = await import('@atesto/service');
  const outcome = await withSettings(options, session, acceptRestoredStore);
  if (!outcome.ok) return printRefusal(outcome.refusal, options, session);
  printPosition('the restored store is accepted', outcome.value, options, session);
}

async function acceptThisTime(options: StoreCommandOptions, session: Session): Promise<void> {
  const { acceptTime } = await import('@atesto/service');
  const outcome = await withSettings(options, session, acceptTime);
  if (!outcome.ok) return printRefusal(outcome.refusal, options, session);
  const { out, style } = session;
  const at = new Date(outcome.value.atMs).toISOString();
  if (options.json === true) out(`${JSON.stringify({ ok: true, at })}\n`);
  else out(`${style.out.good('the time is accepted')}\n${rows([['time', at]], style.out)}`);
}

function printPosition(
  headline: string,
  { revision, incarnation, head }: { readonly revision: number; readonly incarnation: string; readonly head: string },
  { json }: StoreCommandOptions,
  { out, style }: Session,
): void {
  if (json === true) {
    out(`${JSON.stringify({ ok: true, revision, incarnation, head })}\n`);
    return;
  }
  const facts = rows(
    [
      ['changes', String(revision)],
      ['incarnation', incarnation],
      ['head', head],
    ],
    style.out,
  );
  out(`${style.out.good(headline)}\n${facts}`);
}
