/** Reads the key and the certificate with which a policy or a change of its signers is signed. */
import type { PolicySigner } from '@atesto/client/admin';
import type { Command } from 'commander';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';

/** The options that name the signer. */
export interface SignerOptions {
  readonly signerKey?: string;
  readonly signerCertificate?: string;
}

/** Adds them. */
export function signable(command: Command): Command {
  return command
    .option('--signer-key <file>', 'the private key of a policy signer, PEM')
    .option('--signer-certificate <file>', 'its certificate chain, PEM, leaf first');
}

/** The signer; undefined: none is named. */
export async function signerOf({ signerKey, signerCertificate }: SignerOptions): Promise<PolicySigner | undefined> {
  if (signerKey === undefined && signerCertificate === undefined) return undefined;
  if (signerKey === undefined || signerCertificate === undefined) {
    return misused('--signer-key and --signer-certificate belong together');
  }
  return {
    privateKey: await readText(signerKey, "the signer's key"),
    certificate: await readText(signerCertificate, "the signer's certificate"),
  };
}

/** The signer, who must be named. */
export async function requiredSigner(options: SignerOptions): Promise<PolicySigner> {
  return (
    (await signerOf(options)) ??
    misused('only a policy signer may do this', 'Give --signer-key and --signer-certificate.')
  );
}
