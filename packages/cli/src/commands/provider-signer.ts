/** `atesto provider signer list | add | remove`: whose signatures policies of a provider may bear. */
import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { administer, type ConnectionOptions, connectable } from '../administration/connection.ts';
import { requiredSigner, type SignerOptions, signable } from '../administration/signer.ts';
import { readText } from '../input/file.ts';
import type { Session } from '../session.ts';
import { printable } from '../style.ts';

interface Options extends ConnectionOptions, SignerOptions {}

/** The commands. */
export function providerSignerCommands(session: Session): Command[] {
  return [list(session), change('add', session), change('remove', session)];
}

function list(session: Session): Command {
  return connectable(
    new Command('list').description('Lists the certificates of the policy signers.'),
    'signer list',
  ).action((options: Options) =>
    administer(options, session, async (_client, provider) => {
      const signers = await provider.listSigners();
      const shown = signers.map(([leaf = '']) => {
        const { subject, fingerprint, validTo } = new X509Certificate(Buffer.from(leaf, 'base64'));
        return { thumbprint: fingerprint.replaceAll(':', ''), subject, validTo: new Date(validTo).toISOString() };
      });
      if (options.json === true) session.out(`${JSON.stringify(shown)}\n`);
      for (const { thumbprint, subject, validTo } of options.json === true ? [] : shown) {
        session.out(`${thumbprint}  ${printable(subject.replaceAll('\n', ', '))}  until ${validTo}\n`);
      }
    }),
  );
}

function change(what: 'add' | 'remove', session: Session): Command {
  const description =
    what === 'add' ? 'Lets a certificate sign policies.' : 'Lets a certificate sign policies no longer.';
  return signable(
    connectable(
      new Command(what).description(description).argument('<file>', 'the certificate, PEM'),
      `signer ${what} new.pem --signer-key signer.key --signer-certificate signer.pem`,
    ),
  ).action((file: string, options: Options) =>
    administer(options, session, async (_client, provider) => {
      const certificate = await readText(file, 'the certificate');
      const signer = await requiredSigner(options);
      const changed = await (what === 'add'
        ? provider.addSigner(certificate, signer)
        : provider.removeSigner(certificate, signer));
      session.out(
        options.json === true ? `${JSON.stringify(changed)}\n` : `${changed.result}  ${changed.thumbprint}\n`,
      );
    }),
  );
}
