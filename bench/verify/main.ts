/**
 * Measures how many SGX and TDX quotes and SEV-SNP reports are verified per second, compared with the machine's bare limit and another verifier.
 *
 * Collateral is warm: its signatures were verified before, and the platform's certificates are cached, as in a service
 * that sees many quotes of the same machines. The bare limit is what no verifier can avoid for a new quote: import the
 * attestation key, verify one P-256 signature, hash the quote.
 */

import { pathToFileURL } from 'node:url';
import { unwrap } from '@atesto/core';
import {
  appraiseSgx,
  appraiseTdx,
  type IntelAppraisalOptions,
  type ParsedQuote,
  parseSgxEvidence,
  parseTdxEvidence,
  VerificationCache,
  type VerifiedIntelCollateral,
  verifyIntelCollateral,
} from '@atesto/evidence/advanced';
import { measureTogether } from '../measure.ts';
import { bareLimit } from './bare-limit.ts';
import { peerVerifier } from './peer.ts';
import type { BenchRow } from './row.ts';
import { benchSevSnp } from './sevsnp.ts';
import { findWorkload, type Technology, type Workload } from './workload.ts';

const parsers = { sgx: parseSgxEvidence, tdx: parseTdxEvidence };
const names = { sgx: 'SGX', tdx: 'TDX' };

/** Parses and appraises. */
function appraise(
  technology: Technology,
  bytes: Uint8Array,
  collateral: VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): void {
  if (technology === 'sgx') unwrap(appraiseSgx(unwrap(parseSgxEvidence(bytes)), collateral, options));
  else unwrap(appraiseTdx(unwrap(parseTdxEvidence(bytes)), collateral, options));
}

function parsedQuote(technology: Technology, evidence: Uint8Array): ParsedQuote {
  return unwrap<{ readonly quote: ParsedQuote }>(parsers[technology](evidence)).quote;
}

function ours(technology: Technology, { evidence, collateral, at, trustAnchors }: Workload): () => void {
  const verified = unwrap(verifyIntelCollateral(collateral, { trustAnchors }));
  const cache = new VerificationCache();
  return () => appraise(technology, evidence, verified, { at, cache });
}

function cold(technology: Technology, { evidence, collateral, at, trustAnchors }: Workload): () => void {
  return () => appraise(technology, evidence, unwrap(verifyIntelCollateral(collateral, { trustAnchors })), { at });
}

/** Measures, in one run and turn by turn, this project's verifier, the bare limit and the peer. */
export async function benchVerify(): Promise<BenchRow[]> {
  return [...(await benchTechnology('sgx')), ...(await benchTechnology('tdx')), ...(await benchSevSnp())];
}

async function benchTechnology(technology: Technology): Promise<BenchRow[]> {
  const workload = await findWorkload(technology);
  const [warm, bare, peer, whole] = measureTogether([
    ours(technology, workload),
    bareLimit(parsedQuote(technology, workload.evidence)),
    peerVerifier(workload),
    cold(technology, workload),
  ]);
  if (warm === undefined || bare === undefined || peer === undefined || whole === undefined) {
    throw new Error('a measurement is missing');
  }
  return [
    { name: `${names[technology]} quote, warm collateral (${workload.name})`, perSecond: warm, ratio: 1 },
    { name: 'bare limit: import key, one P-256 verification, SHA-256', perSecond: bare, ratio: warm / bare, goal: 0.6 },
    {
      name: '@phala/dcap-qvl, the same quote',
      perSecond: peer,
      ratio: warm / peer,
      ...(technology === 'sgx' ? { goal: 20 } : {}),
    },
    { name: `${names[technology]} quote, nothing verified or cached before`, perSecond: whole, ratio: warm / whole },
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
