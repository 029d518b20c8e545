/** For which platform is a collateral file? Read from its own bodies, unverified: it serves to choose among files only. */
import { X509Certificate } from 'node:crypto';
import type { IntelCollateral } from '@atesto/evidence';
import type { IntelEndorsementRequest } from './request.ts';

/** What a file says of itself. */
export interface BundleContents {
  readonly collateral: IntelCollateral;
  readonly tee: 'sgx' | 'tdx' | undefined;
  readonly fmspc: string | undefined;
  /** The earlier one of TCB info and QE identity. */
  readonly nextUpdate: Date | undefined;
  /** DER of the PCK certificate, when the file brings one. */
  readonly pckCertificate: Buffer | undefined;
}

function membersOf(body: Uint8Array): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  } catch {
    return new Map();
  }
}

function earliest(times: readonly unknown[]): Date | undefined {
  const read = times.map((time) => (typeof time === 'string' ? Date.parse(time) : Number.NaN));
  const first = Math.min(...read);
  return Number.isNaN(first) ? undefined : new Date(first);
}

function certificateOf(pem: string | undefined): Buffer | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return undefined;
  }
}

/** Reads what a file says of itself. TCB info of version 2 has no `id` and is always SGX's. */
export function bundleContents(collateral: IntelCollateral): BundleContents {
  const tcbInfo = membersOf(collateral.tcbInfo);
  const fmspc = tcbInfo.get('fmspc');
  const id = tcbInfo.get('id') ?? 'SGX';
  return {
    collateral,
    tee: id === 'SGX' ? 'sgx' : id === 'TDX' ? 'tdx' : undefined,
    fmspc: typeof fmspc === 'string' ? fmspc.toLowerCase() : undefined,
    nextUpdate: earliest([tcbInfo.get('nextUpdate'), membersOf(collateral.qeIdentity).get('nextUpdate')]),
    pckCertificate: certificateOf(collateral.pckCertificateChain),
  };
}

/** OCTET STRING of 16 bytes: CPUSVN as the SGX extension of a PCK certificate holds it. */
const octetString16 = Buffer.from([0x04, 0x10]);
const authorityNames = { platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA' } as const;

/** Whether a file is the one to try. Several platforms may share a CPUSVN; the appraisal refuses the wrong one. */
export function isFor(contents: BundleContents, request: IntelEndorsementRequest): boolean {
  if (contents.tee !== request.tee) return false;
  if ('pckCertificate' in request) {
    const cpuSvn = Buffer.concat([octetString16, Buffer.from(request.pckCertificate.cpuSvn, 'hex')]);
    return contents.pckCertificate?.includes(cpuSvn) === true;
  }
  const { fmspc, ca } = request;
  return contents.fmspc === fmspc && Buffer.from(contents.collateral.pckCrl).includes(authorityNames[ca]);
}
