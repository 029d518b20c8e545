/** `atesto verify sgx`: is an SGX quote or OpenEnclave report genuine, and what does it say? */

import { parseIntelCollateralBundle } from '@atesto/endorsements';
import {
  appraiseSgx,
  checkSgxRuntimeData,
  type IntelCollateralPart,
  type Refusal,
  type SgxOutcome,
  type SgxReportBody,
} from '@atesto/evidence';
import { Command } from 'commander';
import { exitCodes, UsageError } from '../failure.ts';
import { parseTime, readInput } from '../input.ts';

interface Options {
  readonly collateral: string;
  readonly at?: string;
  readonly runtimeData?: string;
  readonly allowExpiredCollateral?: boolean;
  readonly json?: boolean;
}

/** What the command reports; `null` stands for what is not known or does not apply. */
export interface SgxReport {
  readonly verdict: 'valid' | 'refused';
  readonly code: string | null;
  readonly reason: string | null;
  readonly tcbStatus: string | null;
  readonly advisoryIds: readonly string[];
  readonly collateral: {
    /** Signed bodies past their next update. */
    readonly expired: readonly string[];
    /** Revocation lists past their next update; like the bodies, they refuse unless allowed. */
    readonly expiredRevocationLists: readonly string[];
    readonly tcbEvaluationDataNumber: number | null;
  };
  readonly evidence: Readonly<Record<string, string | number | boolean>> | null;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function evidenceFacts(body: SgxReportBody): Record<string, string | number | boolean> {
  return {
    mrEnclave: hex(body.mrEnclave),
    mrSigner: hex(body.mrSigner),
    isvProdId: body.isvProdId,
    isvSvn: body.isvSvn,
    debug: body.debug,
    attributes: hex(body.attributes),
    configId: hex(body.configId),
    configSvn: body.configSvn,
    reportData: hex(body.reportData),
    cpuSvn: hex(body.cpuSvn),
    miscSelect: body.miscSelect,
    isvExtProdId: hex(body.isvExtProdId),
    isvFamilyId: hex(body.isvFamilyId),
  };
}

function collateralFacts(expired: readonly IntelCollateralPart[], number: number | undefined): SgxReport['collateral'] {
  return {
    expired: expired.filter((part) => !part.endsWith('_crl')),
    expiredRevocationLists: expired.filter((part) => part.endsWith('_crl')),
    tcbEvaluationDataNumber: number ?? null,
  };
}

/** Puts an outcome and the binding of the runtime data into one report. */
export function reportOf(outcome: SgxOutcome, runtimeData: Uint8Array | undefined): SgxReport {
  if (!outcome.ok) {
    const { refusal, facts } = outcome;
    return {
      ...refused(refusal),
      tcbStatus: facts.tcbStatus ?? null,
      advisoryIds: facts.advisoryIds ?? [],
      collateral: collateralFacts(facts.expired ?? [], facts.tcbEvaluationDataNumber),
      evidence: facts.evidence === undefined ? null : evidenceFacts(facts.evidence.body),
    };
  }
  const { value } = outcome;
  const binding = runtimeData === undefined ? undefined : checkSgxRuntimeData(value.body, runtimeData);
  return {
    ...(binding === undefined || binding.ok
      ? { verdict: 'valid', code: null, reason: null }
      : refused(binding.refusal)),
    tcbStatus: value.tcbStatus,
    advisoryIds: value.advisoryIds,
    collateral: collateralFacts(value.collateral.expired, value.collateral.tcbEvaluationDataNumber),
    evidence: evidenceFacts(value.body),
  };
}

function refused({ code, where, why }: Refusal): { verdict: 'refused'; code: string; reason: string } {
  return { verdict: 'refused', code, reason: `${where}: ${why}` };
}

function readable(report: SgxReport): string {
  const expired = [...report.collateral.expired, ...report.collateral.expiredRevocationLists];
  const rows: (readonly [string, string])[] = [
    ['verdict', report.verdict],
    ...(report.code === null ? [] : [['code', report.code] as const, ['reason', report.reason ?? ''] as const]),
    ['TCB status', report.tcbStatus ?? 'not known'],
    ['advisories', report.advisoryIds.join(', ') || 'none'],
    ['expired', expired.join(', ') || 'nothing'],
    ['evaluation', String(report.collateral.tcbEvaluationDataNumber ?? 'not known')],
    ...Object.entries(report.evidence ?? {}).map(([name, value]) => [name, String(value)] as const),
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`).join('\n');
}

function run(file: string, options: Options): void {
  const evidence = readInput(file);
  const bundle = parseIntelCollateralBundle(readInput(options.collateral));
  if (!bundle.ok) throw new UsageError(`${options.collateral}: ${bundle.refusal.where}: ${bundle.refusal.why}`);
  const runtimeData = options.runtimeData === undefined ? undefined : readInput(options.runtimeData);
  const outcome = appraiseSgx(evidence, bundle.value, {
    at: options.at === undefined ? new Date() : parseTime(options.at),
    allowExpiredCollateral: options.allowExpiredCollateral === true,
  });
  const report = reportOf(outcome, runtimeData);
  process.stdout.write(`${options.json === true ? JSON.stringify(report) : readable(report)}\n`);
  process.exitCode = report.verdict === 'valid' ? exitCodes.success : exitCodes.refused;
}

/** The command. */
export function verifySgxCommand(): Command {
  return new Command('sgx')
    .description('Appraises an SGX quote, or an OpenEnclave report or evidence.')
    .argument('<file>', 'the evidence, as bytes')
    .requiredOption('--collateral <file>', "Intel's collateral: JSON with PEM chains, lists and signed bodies")
    .option('--at <time>', 'the time of the verdict, such as 2025-10-01T00:00:00Z (default: now)')
    .option('--runtime-data <file>', 'data that the evidence must commit to')
    .option('--allow-expired-collateral', 'go on with collateral past its next update, and say so')
    .option('--json', 'print one JSON object')
    .action(run);
}
