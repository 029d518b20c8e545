/** For which platform is a collateral file? Read from its own bodies, unverified: it serves to choose among files only. */
import { createHash, X509Certificate } from 'node:crypto';
import { type IntelCollateral, prepareIntelCollateral } from '@atesto/evidence';
import type { IntelEndorsementRequest } from './request.ts';
import { datesOf } from './verify.ts';

/** What a file says of itself. */
export interface BundleContents {
  readonly collateral: IntelCollateral;
  readonly tee: 'sgx' | 'tdx' | undefined;
  readonly fmspc: string | undefined;
  /** When the first part is due to be replaced; of a file whose signatures do not hold, the earlier one of TCB info and QE identity. */
  readonly nextUpdate: Date | undefined;
  /** When the last part was issued; undefined for a file whose signatures do not hold. */
  readonly issued: Date | undefined;
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

/** SHA-256 of the public key of the last certificate in a chain, hex. */
function lastKeyOf(pem: string): string | undefined {
  const last = pem.lastIndexOf('-----BEGIN CERTIFICATE-----');
  if (last < 0) return undefined;
  try {
    const key = new X509Certificate(pem.slice(last)).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('hex');
  } catch {
    return undefined;
  }
}

/** The dates of all parts, read under whatever root the file itself brings: whether that one is trusted is the appraisal's question. */
function signedDates(collateral: IntelCollateral): { nextUpdate: Date; issued: Date } | undefined {
  const spkiSha256 = lastKeyOf(collateral.tcbInfoIssuerChain);
  if (spkiSha256 === undefined) return undefined;
  const trustAnchors = [{ name: 'of the file', spkiSha256, development: true }];
  const prepared = prepareIntelCollateral(collateral, { trustAnchors });
  if (!prepared.ok) return undefined;
  const { nextUpdate, issued } = datesOf(prepared.value);
  return { nextUpdate, issued: new Date(Math.max(...issued.map((time) => time.getTime()))) };
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
  const bodies = [tcbInfo, membersOf(collateral.qeIdentity)];
  const dates = signedDates(collateral);
  const fmspc = tcbInfo.get('fmspc');
  const id = tcbInfo.get('id') ?? 'SGX';
  return {
    collateral,
    tee: id === 'SGX' ? 'sgx' : id === 'TDX' ? 'tdx' : undefined,
    fmspc: typeof fmspc === 'string' ? fmspc.toLowerCase() : undefined,
    nextUpdate: dates?.nextUpdate ?? earliest(bodies.map((body) => body.get('nextUpdate'))),
    issued: dates?.issued,
    pckCertificate: certificateOf(collateral.pckCertificateChain),
  };
}

/** The FMSPCs, lower-case hex, that stand in the bytes of a file which cannot be read as a whole. */
export function namedPlatforms(bytes: Buffer): string[] {
  const found = bytes.toString('latin1').matchAll(/fmspc\W{1,8}([0-9a-f]{12})/gi);
  return [...found].flatMap(([, fmspc]) => (fmspc === undefined ? [] : [fmspc.toLowerCase()]));
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

/** How well a file suits a time, to compare files for the same platform: what lasts longest goes first, what was issued later goes last. */
export function suitability({ nextUpdate, issued }: BundleContents, at: Date): number {
  if (nextUpdate === undefined || (issued !== undefined && issued > at)) return Number.NEGATIVE_INFINITY;
  return nextUpdate.getTime();
}
