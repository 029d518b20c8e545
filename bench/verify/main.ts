/**
 * How many SGX quotes are verified in a second, beside the machine's bare limit and beside another verifier?
 *
 * Collateral is warm: its signatures were verified before, and the platform's certificates are remembered, as in a service
 * that sees many quotes of the same machines. The bare limit is what no verifier can avoid for a new quote: import the
 * attestation key, verify one P-256 signature, hash the quote.
 */
import { pathToFileURL } from 'node:url';
import { appraiseSgx, prepareIntelCollateral, VerificationMemo } from '@atesto/evidence';
import { bareLimit } from './bare-limit.ts';
import { measureTogether } from './measure.ts';
import { peerVerifier } from './peer.ts';
import { findWorkload, type Workload } from './workload.ts';

/** One line of the table. */
export interface BenchRow {
  readonly name: string;
  /** Runs a second. */
  readonly perSecond: number;
  /** This project's figure divided by this row's. */
  readonly ratio: number;
  /** The least ratio that is asked for; absent when none is. */
  readonly goal?: number;
}

function ours({ evidence, collateral, at, trustAnchors }: Workload): () => void {
  const prepared = prepareIntelCollateral(collateral, { trustAnchors });
  if (!prepared.ok) throw new Error(prepared.refusal.why);
  const memo = new VerificationMemo();
  return () => {
    const outcome = appraiseSgx(evidence, prepared.value, { at, memo });
    if (!outcome.ok) throw new Error(outcome.refusal.why);
  };
}

function cold({ evidence, collateral, at, trustAnchors }: Workload): () => void {
  return () => {
    const outcome = appraiseSgx(evidence, collateral, { at, trustAnchors });
    if (!outcome.ok) throw new Error(outcome.refusal.why);
  };
}

/** Measures, in one run and turn by turn, this project's verifier, the bare limit and the peer. */
export async function benchVerify(): Promise<BenchRow[]> {
  const workload = await findWorkload();
  const [warm, bare, peer, whole] = measureTogether([
    ours(workload),
    bareLimit(workload.evidence),
    peerVerifier(workload),
    cold(workload),
  ]);
  if (warm === undefined || bare === undefined || peer === undefined || whole === undefined) {
    throw new Error('a measurement is missing');
  }
  return [
    { name: `SGX quote, warm collateral (${workload.name})`, perSecond: warm, ratio: 1 },
    { name: 'bare limit: import key, one P-256 verification, SHA-256', perSecond: bare, ratio: warm / bare, goal: 0.6 },
    { name: '@phala/dcap-qvl, the same quote', perSecond: peer, ratio: warm / peer, goal: 20 },
    { name: 'SGX quote, nothing prepared or remembered', perSecond: whole, ratio: warm / whole },
  ];
}

function print(rows: readonly BenchRow[]): void {
  for (const { name, perSecond, ratio, goal } of rows) {
    const verdict = goal === undefined ? '' : `  goal ${goal}: ${ratio >= goal ? 'met' : 'MISSED'}`;
    console.log(
      `${Math.round(perSecond).toString().padStart(8)}/s  ratio ${ratio.toFixed(2).padStart(7)}  ${name}${verdict}`,
    );
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  print(await benchVerify());
