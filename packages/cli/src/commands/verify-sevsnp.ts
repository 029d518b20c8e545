/** `atesto verify sevsnp`: appraises SEV-SNP evidence offline. */
import { type Command, Option } from 'commander';
import { misused } from '../failure.ts';
import { readEvidence } from '../input/evidence.ts';
import { readBytes } from '../input/file.ts';
import { collected, readInteger } from '../input/options.ts';
import { readLists } from '../input/revocation-lists.ts';
import type { Session } from '../session.ts';
import {
  printReport,
  readOptional,
  rootNotes,
  type VerifyOptions,
  verifyCommand,
  withExamples,
} from '../verify/command.ts';

interface Options extends VerifyOptions {
  readonly certificate?: string;
  readonly ca?: readonly string[];
  readonly crl?: readonly string[];
  readonly initTimeData?: string;
  readonly uvmIssuer?: string;
  readonly uvmFeed?: string;
  readonly uvmSvn?: number;
  readonly uvmEndorsement?: readonly string[];
  readonly uvmSignerAt: 'appraisal' | 'signing';
  readonly allowExpiredCollateral?: true;
}

const examples = `  $ atesto verify sevsnp report.bin --certificate vcek.pem --ca cert_chain.pem --at now
  $ atesto verify sevsnp report.bin --certificate vlek.pem --ca asvk.pem --ca ark.pem --crl milan.crl \\
      --at 2025-11-01T00:00:00Z --runtime-data key.der --json
  $ atesto verify sevsnp document.json --at now`;

/** The command. */
export function verifySevSnpCommand(session: Session): Command {
  const command = verifyCommand(
    'sevsnp',
    'Is the report of an SEV-SNP guest genuine at a time?',
    'the report: raw, in hex or base64, or in a JSON document of Azure Attestation',
    'the report data',
  )
    .option('--certificate <file>', 'the VCEK or VLEK certificate, PEM or DER; default: those of the document')
    .option('--ca <file>', "AMD's authorities above it, PEM, in any order (repeatable)", collected(String))
    .option('--crl <file>', "AMD's revocation list, DER or PEM (repeatable)", collected(String))
    .option('--init-time-data <file>', 'data whose SHA-256 the host data must be')
    .option('--uvm-issuer <did>', 'the did:x509 of who must vouch for the utility VM of a confidential container')
    .option('--uvm-feed <feed>', 'its product line, such as ContainerPlat-AMD-UVM')
    .option('--uvm-svn <number>', 'its least security version (default: 0)', readInteger(0, 0xffff_ffff))
    .option('--uvm-endorsement <file>', 'COSE_Sign1 beside those of the document (repeatable)', collected(String))
    .addOption(
      new Option('--uvm-signer-at <time>', 'when the certificates of who vouches must be valid')
        .choices(['appraisal', 'signing'])
        .default('appraisal'),
    )
    .option('--allow-expired-collateral', 'go on with a revocation list past its next update, and report it');
  return withExamples(command, examples).action((file: string, options: Options) =>
    verifySevSnp(file, options, session),
  );
}

async function verifySevSnp(file: string, options: Options, session: Session): Promise<void> {
  const { certificate, ca = [], uvmEndorsement: endorsements = [] } = options;
  const evidence = await readEvidence(file, 'the evidence');
  const input = {
    evidence: evidence.bytes,
    certificate: await readOptional(certificate, 'the certificate'),
    authorities: await Promise.all(ca.map((path) => readBytes(path, 'the authorities'))),
    revocationLists: await readLists(options.crl),
    at: options.at,
    runtimeData: await readOptional(options.runtimeData, 'the runtime data'),
    initTimeData: await readOptional(options.initTimeData, 'the init-time data'),
    uvm: uvmReference(options),
    uvmEndorsements: await Promise.all(endorsements.map((path) => readBytes(path, 'the UVM endorsement'))),
    allowExpiredCollateral: options.allowExpiredCollateral === true,
    developmentRoots: options.developmentRoot ?? [],
  };
  const { snpRows, snpVerdict } = await import('../verify/sevsnp.ts');
  const verdict = snpVerdict(input);
  printReport(verdict, { evidence, technology: 'sevsnp' }, snpRows(verdict), notes(options), options, session);
}

function uvmReference({ uvmIssuer: issuer, uvmFeed: feed, uvmSvn = 0, uvmSignerAt }: Options) {
  if ((issuer === undefined) !== (feed === undefined)) return misused('--uvm-issuer and --uvm-feed go together');
  if (issuer === undefined || feed === undefined) return undefined;
  return { issuer, feed, minimumSvn: uvmSvn, signerValidAt: uvmSignerAt };
}

function notes(options: Options): string[] {
  const { runtimeData, initTimeData, crl } = options;
  return [
    ...(runtimeData === undefined ? ['what the report data commit to was not checked (no --runtime-data)'] : []),
    ...(initTimeData === undefined ? ['what the host data commit to was not checked (no --init-time-data)'] : []),
    ...(crl === undefined ? ['revocation was not checked (no --crl)'] : []),
    ...rootNotes(options),
  ];
}
