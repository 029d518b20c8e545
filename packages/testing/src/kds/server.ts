/**
 * A server that speaks as AMD's key distribution service would.
 * Source: AMD 57230, VCEK Certificate and KDS Interface Specification.
 */
import { X509Certificate } from 'node:crypto';
import type { EndorsementKeyKind } from '../amd/endorsement-key.ts';
import { type Answer, emptyAnswer, flipLastBit, hasFault, type ServiceFault } from '../serving/faults.ts';
import { type ServiceOptions, type SimulatedService, startService } from '../serving/loopback.ts';
import type { SimulatedSnpPlatform } from '../sevsnp/platform.ts';
import type { SnpTcbLevels } from '../sevsnp/tcb.ts';

/** What the service can be asked for. */
export type KdsItem = 'vcek' | 'cert-chain' | 'crl';
/** A way in which an answer of the simulated KDS goes wrong. */
export type KdsFault = ServiceFault<KdsItem>;

interface KdsScope {
  /** As in the path: `Milan`. */
  readonly product: string;
  readonly signingKey: EndorsementKeyKind;
}

/** One request, understood. */
export type KdsRequest =
  | (KdsScope & { readonly item: 'vcek'; readonly chipId: string; readonly tcb: SnpTcbLevels })
  | (KdsScope & { readonly item: 'cert-chain' })
  | (KdsScope & { readonly item: 'crl' });

/** What the service has: DER of a VCEK or a revocation list, PEM of a chain; undefined when it has none. */
export type KdsContents = (
  request: KdsRequest,
) => Uint8Array | string | undefined | Promise<Uint8Array | string | undefined>;

/** How the server behaves. */
export interface KdsServerOptions extends ServiceOptions<KdsItem> {
  /** A platform whose endorsements it serves, or a choice by request. */
  readonly contents: SimulatedSnpPlatform | KdsContents;
}

/** A running server on the loopback interface. */
export type KdsServer = SimulatedService<KdsItem>;

/** Chip ids in lower case. Patch levels that the query leaves out count as zero. */
function readKdsRequest(target: string): KdsRequest | undefined {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const match = /^\/(vcek|vlek)\/v1\/([A-Za-z]+)\/([A-Za-z0-9_]+)$/.exec(pathname);
  if (match === null) return undefined;
  const [, kind, product = '', name = ''] = match;
  const scope = { product, signingKey: kind === 'vlek' ? 'VLEK' : 'VCEK' } as const;
  if (name === 'cert_chain') return { ...scope, item: 'cert-chain' };
  if (name === 'crl') return { ...scope, item: 'crl' };
  if (kind !== 'vcek' || !/^[0-9a-fA-F]+$/.test(name)) return undefined;
  const level = (parameter: string) => Number(searchParams.get(parameter) ?? 0);
  const tcb = {
    ...(searchParams.has('fmcSPL') ? { fmc: level('fmcSPL') } : {}),
    bootLoader: level('blSPL'),
    tee: level('teeSPL'),
    snp: level('snpSPL'),
    microcode: level('ucodeSPL'),
  };
  return { ...scope, item: 'vcek', chipId: name.toLowerCase(), tcb };
}

function sameTcb(one: SnpTcbLevels, other: SnpTcbLevels): boolean {
  return (['fmc', 'bootLoader', 'tee', 'snp', 'microcode'] as const).every(
    (part) => (one[part] ?? 0) === (other[part] ?? 0),
  );
}

/** What AMD's service would have if the platform were the only one. */
async function contentsOf(
  platform: SimulatedSnpPlatform,
  request: KdsRequest,
  anyPlatform: boolean,
): Promise<Uint8Array | string | undefined> {
  const { product, chipId, vcek, certificates } = platform.state;
  if (request.product !== product) return undefined;
  if (request.item === 'crl') return platform.revocationList();
  if (request.item === 'cert-chain') {
    return (request.signingKey === 'VCEK' ? certificates.ask : certificates.asvk) + certificates.ark;
  }
  const isIt = anyPlatform || (request.chipId === chipId && sameTcb(request.tcb, vcek.tcb));
  return isIt ? new X509Certificate(certificates.vcek).raw : undefined;
}

function answerWith(contents: Uint8Array | string | undefined, faults: readonly KdsFault[]): Answer {
  if (contents === undefined) return emptyAnswer(404);
  if (typeof contents === 'string') {
    return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: Buffer.from(contents) };
  }
  const body = hasFault(faults, 'wrong-signature') ? flipLastBit(contents) : contents;
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body };
}

/** Starts a server. */
export function startKdsServer(options: KdsServerOptions): Promise<KdsServer> {
  const { contents } = options;
  return startService(
    {
      read: readKdsRequest,
      answer: async (request: KdsRequest, faults) => {
        const chosen =
          typeof contents === 'function'
            ? await contents(request)
            : await contentsOf(contents, request, hasFault(faults, 'wrong-platform'));
        return answerWith(chosen, faults);
      },
    },
    options,
  );
}
