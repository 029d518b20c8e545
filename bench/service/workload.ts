/** What servers and load client of this benchmark share: one request, and what its appraisal needs. In a file, for other processes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IntelCollateral, parseIntelCollateral } from '@atesto/evidence/advanced';
import { type CollateralJson, collateralToJson } from '@atesto/testing/sgx';
import { findWorkload, type Workload } from '../verify/workload.ts';

interface Written {
  readonly name: string;
  /** Base64url. */
  readonly quote: string;
  readonly collateral: CollateralJson;
  /** ISO 8601: the time at which the quote is good. */
  readonly at: string;
  /** Fingerprints of development roots. */
  readonly trustAnchors: readonly string[];
}

/** The workload as the processes use it. */
export interface ServiceWorkload extends Omit<Written, 'collateral' | 'at'> {
  readonly collateral: IntelCollateral;
  readonly at: Date;
  /** The body of the request. */
  readonly body: string;
}

/** A directory with the workload in it. */
export interface WorkloadDirectory {
  readonly path: string;
  readonly name: string;
  remove(): void;
}

/** Writes the workload of the verification benchmark, or a given one. */
export async function writeWorkload(workload?: Workload): Promise<WorkloadDirectory> {
  const { name, evidence, collateral, at, trustAnchors } = workload ?? (await findWorkload('sgx'));
  const path = mkdtempSync(join(tmpdir(), 'atesto-bench-'));
  const written: Written = {
    name,
    quote: Buffer.from(evidence).toString('base64url'),
    collateral: collateralToJson(collateral),
    at: at.toISOString(),
    trustAnchors: trustAnchors.filter(({ development }) => development).map(({ spkiSha256 }) => spkiSha256),
  };
  writeFileSync(join(path, 'workload.json'), JSON.stringify(written));
  return { path, name, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Reads it in another process. */
export function readWorkload(directory: string): ServiceWorkload {
  const { collateral, at, ...rest }: Written = JSON.parse(readFileSync(join(directory, 'workload.json'), 'utf8'));
  const parsed = parseIntelCollateral(JSON.stringify(collateral));
  if (!parsed.ok) throw new Error(parsed.refusal.why);
  const body = JSON.stringify({ quote: rest.quote, nonce: '0123456789abcdef' });
  return { ...rest, collateral: parsed.value, at: new Date(at), body };
}
