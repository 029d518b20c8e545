/** `atesto token`: looks into attestation tokens, and verifies them as a relying party. */
import { createTrustingFetch } from '@atesto/client';
import { createVerifier, type Expectations, inspectToken, type SgxExpectations } from '@atesto/relying-party';
import { Command } from 'commander';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { readTime } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';

interface VerifyOptions {
  readonly issuer: string;
  readonly ca?: string;
  readonly at?: string;
  readonly mrsigner?: string;
  readonly mrenclave?: string;
  readonly productId?: string;
  readonly minimumSvn?: string;
  readonly nonce?: string;
  readonly allowDebug?: boolean;
  readonly allowDevelopmentRoot?: boolean;
}

async function readToken(argument: string): Promise<string> {
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(argument)) return argument;
  if (argument !== '-') return (await readText(argument, 'the token')).trim();
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8').trim();
}

function wholeNumber(text: string | undefined, name: string): number | 'any' {
  if (text === undefined) return 'any';
  if (!/^\d{1,5}$/.test(text)) return misused(`${name} is a whole number from 0 to 65535`);
  return Number(text);
}

function expectationsOf(options: VerifyOptions): Expectations {
  const common = {
    policyHash: 'any',
    nonce: options.nonce === undefined ? 'any' : { equals: options.nonce },
    runtimeData: 'any',
    debuggable: options.allowDebug === true ? 'any' : false,
    developmentRoot: options.allowDevelopmentRoot === true ? 'any' : false,
  } as const;
  const { mrsigner, mrenclave, productId, minimumSvn } = options;
  if ([mrsigner, mrenclave, productId, minimumSvn].every((value) => value === undefined)) {
    return { ...common, attestationType: 'any' };
  }
  const enclave: SgxExpectations = {
    ...common,
    attestationType: 'sgx',
    mrSigner: mrsigner ?? 'any',
    mrEnclave: mrenclave ?? 'any',
    productId: wholeNumber(productId, '--product-id'),
    minimumSvn: wholeNumber(minimumSvn, '--minimum-svn'),
  };
  return enclave;
}

async function verify(argument: string, options: VerifyOptions, session: Session): Promise<void> {
  const time = options.at === undefined ? undefined : readTime(options.at);
  const ca = options.ca === undefined ? undefined : await readText(options.ca, 'the CA');
  const verifier = createVerifier({
    issuers: [options.issuer],
    expectations: expectationsOf(options),
    ...(ca === undefined ? {} : { fetch: createTrustingFetch(ca) }),
    ...(time === undefined ? {} : { clock: () => time }),
  });
  const outcome = await verifier.verify(await readToken(argument));
  if (outcome.ok) session.out(`valid\n${JSON.stringify(outcome.value.claims, undefined, 2)}\n`);
  else session.out(`refused [${outcome.refusal.code}] ${outcome.refusal.where}: ${outcome.refusal.why}\n`);
  if (!outcome.ok) session.exitCode = exitCodes.refused;
}

async function inspect(argument: string, session: Session): Promise<void> {
  const outcome = inspectToken(await readToken(argument));
  if (!outcome.ok) return misused(`[${outcome.refusal.code}] ${outcome.refusal.where}: ${outcome.refusal.why}`);
  const { header, claims } = outcome.value;
  session.out(`NOT VERIFIED: anyone can write this.\n${JSON.stringify({ header, claims }, undefined, 2)}\n`);
}

/** The command. */
export function tokenCommand(session: Session): Command {
  const verifyToken = new Command('verify')
    .description('Verifies a token as a relying party: exit 0 valid, 1 refused, 2 usage.')
    .argument('<token>', 'the token, a file that holds it, or - for standard input')
    .requiredOption('--issuer <uri>', 'the attestation provider to trust')
    .option('--ca <file>', 'a CA (PEM) to trust for fetching the keys')
    .option('--at <time>', 'the time of the verdict (default: now)')
    .option('--mrsigner <hex>', 'the signer of the enclave')
    .option('--mrenclave <hex>', 'the measurement of the enclave')
    .option('--product-id <number>', 'the product of the signer')
    .option('--minimum-svn <number>', 'the least security version')
    .option('--nonce <text>', 'the nonce that was asked for')
    .option('--allow-debug', 'accept an enclave that can be debugged')
    .option('--allow-development-root', 'accept evidence of a simulator')
    .action((token: string, options: VerifyOptions) => verify(token, options, session));
  const inspectCommand = new Command('inspect')
    .description('Prints what a token says, without verifying it.')
    .argument('<token>', 'the token, a file that holds it, or - for standard input')
    .action((token: string) => inspect(token, session));
  return new Command('token')
    .description('Looks into attestation tokens and verifies them.')
    .addCommand(verifyToken)
    .addCommand(inspectCommand);
}
