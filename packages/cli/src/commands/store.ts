/** `atesto store check | accept-restore`: what an operator does with the store of a service. */
import { Command } from 'commander';
import type { Session } from '../session.ts';
import { aboutStore, type StoreCommandOptions, tellRefusal, withSettings } from '../store/configuration.ts';
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
Run it once, on a machine with the settings and the integrity key of the service. docs/hosting.md tells more.`;

/** The commands. */
export function storeCommands(session: Session): Command[] {
  return [
    aboutStore(new Command('check').description('Verifies the whole store.'))
      .addHelpText('after', checkHelp)
      .action((options: StoreCommandOptions) => check(options, session)),
    aboutStore(new Command('accept-restore').description('Says that a restored database is meant.'))
      .addHelpText('after', acceptHelp)
      .action((options: StoreCommandOptions) => acceptRestore(options, session)),
  ];
}

async function check(options: StoreCommandOptions, session: Session): Promise<void> {
  const { checkConfiguredStore } = await import('@atesto/service');
  const outcome = await withSettings(options, session, checkConfiguredStore);
  if (!outcome.ok) return tellRefusal(outcome.refusal, options, session);
  tell('the store is whole', outcome.value, options, session);
}

async function acceptRestore(options: StoreCommandOptions, session: Session): Promise<void> {
  const { acceptRestoredStore } = await import('@atesto/service');
  const outcome = await withSettings(options, session, acceptRestoredStore);
  if (!outcome.ok) return tellRefusal(outcome.refusal, options, session);
  tell('the restored store is accepted', outcome.value, options, session);
}

function tell(
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
