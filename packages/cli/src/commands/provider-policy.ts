/** `atesto provider policy show | set | reset | history | rollback`: the policies of an attestation provider. */
import { type PolicyChange, policyJws } from '@atesto/client/admin';
import { Command } from 'commander';
import { administer, type ConnectionOptions, connectable } from '../administration/connection.ts';
import { requiredSigner, type SignerOptions, signable, signerOf } from '../administration/signer.ts';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { readInteger } from '../input/options.ts';
import type { Session } from '../session.ts';
import { columns } from '../style.ts';

interface Options extends ConnectionOptions, SignerOptions {
  readonly type: string;
  readonly ifMatch?: string;
}

const defaultType = 'SgxEnclave';

const setHelp = `
A text is sent unsecured, or signed when a signer is named. A file that holds a signed JWS, or the answer of GET /policies with one, is sent as
it was signed; an unsecured one may be signed too.`;

const signExample = `
Example:
  $ atesto provider policy sign policy.txt --signer-key key.pem --signer-certificate signer.pem > policy.jws`;

/** The commands. */
export function providerPolicyCommands(session: Session): Command[] {
  return [show(session), set(session), reset(session), sign(session), history(session), rollback(session)];
}

function typed(command: Command, ...examples: readonly string[]): Command {
  const shown = examples.map((example) => `policy ${example}`);
  return connectable(command, ...shown).option('--type <type>', 'the attestation type', defaultType);
}

function changing(command: Command, ...examples: readonly string[]): Command {
  return typed(command, ...examples).option('--if-match <tag>', 'change only if this entity tag is in force');
}

function show(session: Session): Command {
  return typed(new Command('show').description('Prints the policy that is in force.'), 'show --type SevSnpVm').action(
    (options: Options) =>
      administer(options, session, async (_client, provider) => {
        const policy = await provider.getPolicy(options.type);
        if (options.json === true) session.out(`${JSON.stringify(policy)}\n`);
        else if (policy.text === '') session.err(`No policy is set for ${options.type}, and it has no default one.\n`);
        else session.out(policy.text.endsWith('\n') ? policy.text : `${policy.text}\n`);
      }),
  );
}

function set(session: Session): Command {
  return signable(
    changing(
      new Command('set')
        .description('Sets a policy.')
        .argument('<file>', 'its text, a JWS, or what GET /policies answers; - reads standard input'),
      'set policy.txt --type SgxEnclave',
      'set policy.jws --provider payments',
    ),
  )
    .addHelpText('after', setHelp)
    .action((file: string, options: Options, command: Command) =>
      administer(options, session, async (_client, provider, name) => {
        const { readPolicyFile } = await import('../policy/input.ts');
        const { text, inJws } = await readPolicyFile(file, session);
        const signer = await signerOf(options);
        if (!session.isJson && command.getOptionValueSource('type') === 'default') {
          session.err(`no --type is given: this is the policy for ${options.type}\n`);
        }
        if (inJws?.isSigned === true && signer !== undefined)
          misused('the policy is signed already', 'Name no signer.');
        if (inJws?.isBound === true && signer !== undefined) {
          const hint = 'Sign its text instead: atesto provider policy sign --audience URI.';
          misused('the JWS says for which provider or until when it is, and its text, signed anew, would not', hint);
        }
        const changed =
          inJws !== undefined && signer === undefined
            ? provider.setPolicyJws(options.type, inJws.jws, options.ifMatch)
            : provider.setPolicy(options.type, text, { signer, ifMatch: options.ifMatch });
        printChange(await changed, placeOf(options, name), session);
        const { printWarnings } = await import('../policy/render-diagnostics.ts');
        printWarnings(text, options.type, session);
      }),
    );
}

function reset(session: Session): Command {
  return signable(
    changing(new Command('reset').description('Puts the default policy back in force.'), 'reset --type TdxVm'),
  ).action((options: Options) =>
    administer(options, session, async (_client, provider, name) => {
      const signer = await signerOf(options);
      const change = await provider.resetPolicy(options.type, { signer, ifMatch: options.ifMatch });
      printChange(change, placeOf(options, name), session);
    }),
  );
}

function sign(session: Session): Command {
  return signable(
    new Command('sign')
      .description('Signs a policy text, offline, and prints the JWS.')
      .argument('<file>', 'its text')
      .option('--audience <uri>', 'the provider for which alone it is: the issuer of its tokens')
      .addHelpText('after', signExample),
  ).action(async (file: string, { audience, ...options }: SignerOptions & { readonly audience?: string }) => {
    const text = await readText(file, 'the policy');
    const binding = audience === undefined ? undefined : { audience };
    session.out(`${policyJws(text, await requiredSigner(options), binding)}\n`);
  });
}

function history(session: Session): Command {
  return typed(new Command('history').description('Who changed the policy, when, and to what.'), 'history').action(
    (options: Options) =>
      administer(options, session, async (_client, provider) => {
        const page = await provider.policyHistory(options.type);
        if (options.json === true) session.out(`${JSON.stringify(page)}\n`);
        else session.out(columns(historyTable(page)));
      }),
  );
}

function rollback(session: Session): Command {
  return changing(
    new Command('rollback')
      .description('Sets an earlier version of the policy again.')
      .argument('<version>', 'its number in the history', readInteger(1, 1_000_000_000)),
    'rollback 3',
  ).action((version: number, options: Options) =>
    administer(options, session, async (_client, provider, name) => {
      const change = await provider.rollBackPolicy(options.type, version, options.ifMatch);
      printChange(change, placeOf(options, name), session);
    }),
  );
}

function historyTable({ versions }: Readonly<Record<string, unknown>>): unknown[][] {
  if (!Array.isArray(versions)) return [];
  return versions.map(({ version, time, action, restoredVersion, actor, policyHash, signer }) => {
    const what = restoredVersion === undefined ? action : `${action} to ${restoredVersion}`;
    const policy =
      policyHash === undefined ? 'default policy' : `${policyHash}${signer === undefined ? '' : ' signed'}`;
    return [version, time, what, policy, actor];
  });
}

/** Where a policy was changed. */
interface Place {
  readonly type: string;
  /** Undefined: the provider at the bare address. */
  readonly provider: string | undefined;
}

const placeOf = ({ type }: Options, provider: string | undefined): Place => ({ type, provider });

function printChange({ result, tokenHash, etag }: PolicyChange, { type, provider }: Place, session: Session): void {
  if (session.isJson) {
    session.out(`${JSON.stringify({ result, provider: provider ?? null, type, tokenHash, etag })}\n`);
    return;
  }
  const where = `${type} policy of ${provider ?? 'the default provider'}`;
  session.out(`${result}  ${where}${etag === undefined ? '' : `  ${session.style.out.faint(`entity tag ${etag}`)}`}\n`);
}
