/**
 * Measures how many SEV-SNP reports are verified per second, compared with the machine's bare limit.
 *
 * Endorsements are warm: the chain was verified before, as in a service that sees many reports of the same machine. The bare limit is what no
 * verifier can avoid for a new report: one P-384 verification over SHA-384, under a key that is at hand.
 */

import { verify, X509Certificate } from 'node:crypto';
import { unwrap } from '@atesto/core';
import {
  amdRoots,
  appraiseSnp,
  parseSnpReport,
  type SnpEndorsements,
  type TrustAnchor,
  type VerifiedSnpEndorsements,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { readVector, readVectorJson, vectorsMissing } from '@atesto/vectors';
import { measureTogether } from '../measure.ts';
import type { BenchRow } from './row.ts';

interface SnpWorkload {
  readonly name: string;
  readonly report: Uint8Array;
  readonly endorsements: SnpEndorsements & { readonly certificate: string | Uint8Array };
  readonly at: Date;
  readonly trustAnchors: readonly TrustAnchor[];
}

const realCase = ['sevsnp', 'v3-genoa-vcek'] as const;

function realWorkload(): SnpWorkload {
  const text = (...path: string[]): string => readVector('sevsnp', ...path).toString('utf8');
  return {
    name: 'real report, version 3, Genoa',
    report: readVector(...realCase, 'report.bin'),
    endorsements: {
      certificate: text('v3-genoa-vcek', 'vcek.pem'),
      authorityChain: text('amd-ca', 'SEV-Genoa.pem') + text('amd-ca', 'ARK-Genoa.pem'),
      revocationList: 'unchecked',
    },
    at: new Date(String(readVectorJson(...realCase, 'expected.json').verificationTime)),
    trustAnchors: amdRoots,
  };
}

async function simulatedWorkload(): Promise<SnpWorkload> {
  const at = new Date('2026-03-01T12:00:00Z');
  const platform = await createSimulatedSnpPlatform({ at, product: 'Genoa', keys: await generateAmdKeys(4096) });
  return {
    name: 'simulated report, version 3, Genoa',
    report: platform.report(),
    endorsements: await platform.endorsements(),
    at,
    trustAnchors: [{ name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true }],
  };
}

function bareLimit({ report, endorsements }: SnpWorkload): () => void {
  const { signedBytes, signature } = unwrap(parseSnpReport(report));
  const key = { key: new X509Certificate(endorsements.certificate).publicKey, dsaEncoding: 'ieee-p1363' as const };
  return () => {
    if (!verify('sha384', signedBytes, key, signature)) throw new Error('not signed');
  };
}

function appraise({ report, at }: SnpWorkload, endorsements: VerifiedSnpEndorsements): void {
  unwrap(appraiseSnp(unwrap(parseSnpReport(report)), endorsements, { at }));
}

/** Measures, in one run and turn by turn, this project's verifier and the bare limit. */
export async function benchSevSnp(): Promise<BenchRow[]> {
  const workload = vectorsMissing(...realCase) === false ? realWorkload() : await simulatedWorkload();
  const verify = () => unwrap(verifySnpEndorsements(workload.endorsements, { trustAnchors: workload.trustAnchors }));
  const verified = verify();
  const [warm, bare, whole] = measureTogether([
    () => appraise(workload, verified),
    bareLimit(workload),
    () => appraise(workload, verify()),
  ]);
  if (warm === undefined || bare === undefined || whole === undefined) throw new Error('a measurement is missing');
  return [
    { name: `SEV-SNP report, warm endorsements (${workload.name})`, perSecond: warm, ratio: 1 },
    { name: 'bare limit: one P-384 verification', perSecond: bare, ratio: warm / bare, goal: 0.6 },
    { name: 'SEV-SNP report, nothing verified', perSecond: whole, ratio: warm / whole },
  ];
}
