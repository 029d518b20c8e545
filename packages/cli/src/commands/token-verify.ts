/** `atesto token verify`: verifies an attestation token as a relying party does. */
import { Command } from 'commander';
import { readText } from '../input/file.ts';
import { collected, readHex, readInteger, readTime } from '../input/options.ts';
import { exitCodes, type Session } from '../session.ts';
import type { ExpectationOptions } from '../token/expectations.ts';

interface Options extends ExpectationOptions {
  readonly issuer: readonly string[];
  readonly ca?: string;
  readonly keys?: string;
  readonly at?: Date;
  readonly clockSkew?: number;
  readonly json?: true;
}

const examples = `
Examples:
  $ atesto token verify token.jwt --issuer https://attest.example.org \\
      --mr-signer 8f3a… --product-id 1 --minimum-svn 2 --nonce 7d1c… --accept-any
  $ atesto attest … | atesto token verify - --issuer https://localhost:8443 --ca .atesto/development/ca.pem --accept-any

Every expectation must be decided: name it, or accept any value with --accept-any.
Debug enclaves and development roots are refused unless allowed.
Ends with 0: valid, 1: refused, 2: wrong call, 3: the keys could not be fetched.`;

const hints: Readonly<Record<string, string>> = {
  'keys-unavailable': 'Is the service running? --ca FILE trusts its CA; --keys FILE needs no network.',
  'development-root': 'For tests, --allow-development-root accepts evidence of a simulator.',
  'debug-enabled': 'For tests, --allow-debug accepts environments that can be debugged.',
};

const text = (value: string): string => value;

/** The command. */
export function tokenVerifyCommand(session: Session): Command {
  return new Command('verify')
    .description('Is an attestation token genuine, current, and about what is expected?')
    .argument('<token>', 'the token, a file that holds it, or - for standard input')
    .requiredOption('--issuer <uri>', 'a provider whose tokens are accepted (repeatable)', collected(text))
    .option('--ca <file>', 'a CA (PEM) to trust besides the public ones when the keys are fetched')
    .option('--keys <file>', 'the key set of the issuer (JWKS); nothing is fetched then')
    .option('--at <time>', 'when the verdict is to hold (default: now)', readTime)
    .option('--clock-skew <seconds>', "how far the issuer's clock may be off (default: 60)", readInteger(0, 600))
    .option('--type <type>', 'SgxEnclave, SevSnpVm, TdxVm, AzureGuest, Tpm, VbsEnclave, or any')
    .option('--mr-signer <hex>', 'signer of the enclave (repeatable)', collected(readHex(32)))
    .option('--mr-enclave <hex>', 'code of the enclave (repeatable)', collected(readHex(32)))
    .option('--product-id <number>', 'product of the signer', readInteger(0, 65_535))
    .option('--minimum-svn <number>', 'least security version', readInteger(0, 65_535))
    .option('--launch-measurement <hex>', 'SEV-SNP: launch measurement (repeatable)', collected(readHex(48)))
    .option('--minimum-guest-svn <number>', 'SEV-SNP: least guest security version', readInteger(0, 4_294_967_295))
    .option('--mr-td <hex>', 'TDX: measurement of the trust domain (repeatable)', collected(readHex(48)))
    .option('--policy-hash <base64url>', 'policy under which it was issued (repeatable)', collected(text))
    .option('--nonce <text>', 'the nonce that was asked for')
    .option('--runtime-data <file>', 'binary runtime data, exactly')
    .option('--runtime-json <file>', 'JSON runtime data, in any order of members')
    .option('--runtime-key <file>', 'a public key (JWK) among the runtime data')
    .option('--claim <name=value>', 'a further claim with exactly this value (repeatable)', collected(text))
    .option('--isolation-claim <name=value>', 'Azure machine: a claim of its hardware (repeatable)', collected(text))
    .option('--accept-any', 'accept any value of everything that is not named')
    .option('--allow-debug', 'accept environments that can be debugged')
    .option('--allow-development-root', 'accept evidence of a simulator')
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', examples)
    .action((token: string, options: Options) => verify(token, options, session));
}

async function verify(given: string, options: Options, session: Session): Promise<void> {
  const { readExpectations, withType } = await import('../token/expectations.ts');
  const { readToken } = await import('../token/read.ts');
  const { verifyToken, renderVerdict } = await import('../token/verify.ts');
  const { expectations, unchecked } = await readExpectations(withType(options));
  const token = await readToken(given, session);
  const outcome = await verifyToken(token, {
    issuers: options.issuer,
    expectations,
    ca: options.ca === undefined ? undefined : await readText(options.ca, 'the CA'),
    keys: options.keys === undefined ? undefined : await readText(options.keys, 'the key set'),
    at: options.at,
    clockSkewSeconds: options.clockSkew,
  });
  session.out(renderVerdict(outcome, unchecked, options.json === true, session.style.out));
  if (outcome.ok) return;
  const { code } = outcome.refusal;
  session.exitCode = code === 'keys-unavailable' ? exitCodes.unavailable : exitCodes.refused;
  const hint = hints[code];
  if (hint !== undefined) session.err(`${session.style.err.faint('hint:')} ${hint}\n`);
}
