/** `atesto verify azure-cvm`: appraises the evidence of an Azure confidential VM and its vTPM offline. */
import type { Command } from 'commander';
import { misused } from '../failure.ts';
import { readCollateral } from '../input/collateral.ts';
import { readEvidence } from '../input/evidence.ts';
import { readBytes, readText } from '../input/file.ts';
import { collected } from '../input/options.ts';
import { readLists } from '../input/revocation-lists.ts';
import type { Session } from '../session.ts';
import type { AzureEndorsements } from '../verify/azure-cvm.ts';
import {
  type BaseOptions,
  baseCommand,
  printReport,
  readOptional,
  rootNotes,
  withExamples,
} from '../verify/command.ts';

interface Options extends BaseOptions {
  readonly tpmQuote: string;
  readonly tpmSignature: string;
  readonly pcrs: string;
  readonly eventLog?: string;
  readonly nonce?: string;
  readonly certificate?: string;
  readonly ca?: readonly string[];
  readonly crl?: readonly string[];
  readonly tdQuote?: string;
  readonly collateral?: string;
  readonly allowExpiredCollateral?: true;
}

const examples = `  $ atesto verify azure-cvm hcl-report.bin --tpm-quote quote.bin --tpm-signature signature.bin \\
      --pcrs pcrs.json --certificate vcek.pem --ca milan.pem --at now
  $ atesto verify azure-cvm hcl-report.bin --tpm-quote quote.bin --tpm-signature signature.bin \\
      --pcrs pcrs.json --td-quote td-quote.bin --collateral collateral.json --at 2025-10-01 --json`;

/** The command. */
export function verifyAzureCvmCommand(session: Session): Command {
  const command = baseCommand(
    'azure-cvm',
    'Is a confidential VM of Azure genuine at a time, and what state does its vTPM attest?',
    'the HCL report, as the vTPM holds it',
  )
    .requiredOption('--tpm-quote <file>', "the vTPM's quote, TPMS_ATTEST")
    .requiredOption('--tpm-signature <file>', 'its signature, bare or TPMT_SIGNATURE')
    .requiredOption('--pcrs <file>', 'the quoted PCR values, a JSON list or {"0": hex, …}')
    .option('--event-log <file>', 'the log of the boot, which must lead to the quoted values')
    .option('--nonce <hex>', 'what the quote must answer', readNonce)
    .option('--certificate <file>', 'SEV-SNP: the VCEK or VLEK certificate, PEM or DER; others may follow')
    .option('--ca <file>', "SEV-SNP: AMD's authorities above it, PEM, in any order (repeatable)", collected(String))
    .option('--crl <file>', "SEV-SNP: AMD's revocation list, DER or PEM (repeatable)", collected(String))
    .option('--td-quote <file>', 'TDX: the quote of the trust domain')
    .option('--collateral <file>', "TDX: Intel's verification collateral, JSON")
    .option('--allow-expired-collateral', 'go on with collateral or a revocation list past its next update');
  return withExamples(command, examples).action((file: string, options: Options) =>
    verifyAzureCvm(file, options, session),
  );
}

/** A quote's extra data is at most 64 bytes long. */
function readNonce(text: string): string {
  if (/^([0-9a-fA-F]{2}){1,64}$/.test(text)) return text;
  return misused('--nonce: write 1 to 64 bytes as hexadecimal digits');
}

async function verifyAzureCvm(file: string, options: Options, session: Session): Promise<void> {
  const endorsements = await readEndorsements(options);
  const { azureCvmRows, azureCvmVerdict } = await import('../verify/azure-cvm.ts');
  const { parsePcrFile } = await import('../verify/pcr-file.ts');
  const evidence = await readEvidence(file, 'the HCL report');
  const verdict = azureCvmVerdict({
    hclReport: evidence.bytes,
    endorsements,
    quote: (await readEvidence(options.tpmQuote, 'the quote')).bytes,
    signature: await readBytes(options.tpmSignature, 'the signature'),
    pcrs: parsePcrFile(await readText(options.pcrs, 'the PCR values'), options.pcrs),
    eventLog: await readOptional(options.eventLog, 'the event log'),
    nonce: options.nonce,
    at: options.at,
    developmentRoots: options.developmentRoot ?? [],
  });
  printReport(verdict, { evidence, technology: 'azure-cvm' }, azureCvmRows(verdict), notes(options), options, session);
}

async function readEndorsements(options: Options): Promise<AzureEndorsements> {
  const { certificate, ca = [], crl, tdQuote, collateral } = options;
  if ((certificate === undefined) === (tdQuote === undefined)) {
    return misused('give either --certificate (SEV-SNP) or --td-quote with --collateral (TDX)');
  }
  if (certificate !== undefined) {
    const files = [certificate, ...ca].map((path) => readBytes(path, 'the certificates'));
    return {
      kind: 'SEV-SNP',
      certificates: await Promise.all(files),
      revocationLists: await readLists(crl),
      allowExpiredCollateral: options.allowExpiredCollateral === true,
    };
  }
  if (tdQuote === undefined || collateral === undefined) return misused('--td-quote needs --collateral');
  return {
    kind: 'TDX',
    quote: (await readEvidence(tdQuote, 'the TD quote')).bytes,
    collateral: await readCollateral(collateral),
    allowExpiredCollateral: options.allowExpiredCollateral === true,
  };
}

function notes(options: Options): string[] {
  const { nonce, certificate, crl } = options;
  return [
    ...(nonce === undefined ? ['how old the quote is was not checked (no --nonce)'] : []),
    ...(certificate !== undefined && crl === undefined ? ['revocation was not checked (no --crl)'] : []),
    'whether the measurement is of a paravisor of Azure is for you to compare: any machine of this hardware can make such evidence',
    ...rootNotes(options),
  ];
}
