/** Reads which platform a collateral file is for, from its own bodies. Unverified: it only helps to choose among files. */
import { createHash, verify, X509Certificate } from 'node:crypto';
import { type IntelCollateral, readIntelCollateral, type SignedIntelCollateral } from '@atesto/evidence/advanced';
import type { IntelEndorsementRequest } from './request.ts';

/** What the signed parts of a file say. */
export interface SignedContents {
  /** The root above all parts: SHA-256 of its public key, hex. */
  readonly rootSpkiSha256: string;
  readonly dates: SignedIntelCollateral['dates'];
  /** The lower of both bodies'. */
  readonly tcbEvaluationDataNumber: number;
}

/** What a file says of itself. */
export interface BundleContents {
  readonly collateral: IntelCollateral;
  readonly tee: 'sgx' | 'tdx' | undefined;
  readonly fmspc: string | undefined;
  /** Undefined: its signatures do not hold, whatever root it brings. */
  readonly signed: SignedContents | undefined;
  /** The earlier one of TCB info and QE identity, whether signed or not. */
  readonly nextUpdate: Date | undefined;
  /** Its revocation lists, unverified; always the same objects. */
  readonly lists: readonly Uint8Array[];
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
function signedContents(collateral: IntelCollateral): SignedContents | undefined {
  const spkiSha256 = lastKeyOf(collateral.tcbInfoIssuerChain);
  if (spkiSha256 === undefined) return undefined;
  const trustAnchors = [{ name: 'of the file', spkiSha256, development: true }];
  const read = readIntelCollateral(collateral, { trustAnchors });
  if (!read.ok) return undefined;
  const { dates, tcbInfo, qeIdentity } = read.value;
  const tcbEvaluationDataNumber = Math.min(tcbInfo.tcbEvaluationDataNumber, qeIdentity.tcbEvaluationDataNumber);
  return { rootSpkiSha256: spkiSha256, dates, tcbEvaluationDataNumber };
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
  const fmspc = tcbInfo.get('fmspc');
  const id = tcbInfo.get('id') ?? 'SGX';
  return {
    collateral,
    tee: id === 'SGX' ? 'sgx' : id === 'TDX' ? 'tdx' : undefined,
    fmspc: typeof fmspc === 'string' ? fmspc.toLowerCase() : undefined,
    signed: signedContents(collateral),
    nextUpdate: earliest(bodies.map((body) => body.get('nextUpdate'))),
    lists: [collateral.rootCaCrl, collateral.pckCrl],
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

/** Whether the PCK certificate of a file is that of the platform which made a quote: several platforms may share all their versions. */
export function isOfPlatform({ pckCertificate }: BundleContents, request: IntelEndorsementRequest): boolean {
  if (!('pckCertificate' in request) || request.qeReport === undefined || pckCertificate === undefined) return false;
  const { bytes, signature } = request.qeReport;
  try {
    const key = new X509Certificate(pckCertificate).publicKey;
    return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

/** Whether a file is one to try. */
export function isFor(contents: BundleContents, request: IntelEndorsementRequest): boolean {
  if (contents.tee !== request.tee) return false;
  if ('pckCertificate' in request) {
    const cpuSvn = Buffer.concat([octetString16, Buffer.from(request.pckCertificate.cpuSvn, 'hex')]);
    return contents.pckCertificate?.includes(cpuSvn) === true;
  }
  const { fmspc, ca } = request;
  return contents.fmspc === fmspc && Buffer.from(contents.collateral.pckCrl).includes(authorityNames[ca]);
}
