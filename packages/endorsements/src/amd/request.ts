/** What AMD's endorsements are asked for by, and where they stand. Source: AMD 57230, VCEK Certificate and KDS Interface Specification. */
import { createHash } from 'node:crypto';
import type { SnpEndorsements, SnpProduct, SnpTcb } from '@atesto/evidence';
import { refuseEndorsements } from '../refusal.ts';
import type { EndorsementSource } from '../source.ts';

/** A chip and the TCB version that its report names as reported. */
export interface VcekRequest {
  readonly signingKey: 'VCEK';
  readonly product: SnpProduct;
  /** Hex, lower case: 64 bytes as the report has it, or 8 on Turin. */
  readonly chipId: string;
  readonly reportedTcb: SnpTcb;
}

/** AMD gives VLEK certificates to cloud providers alone; the evidence brings its own, and AMD's chain and list are asked for. */
export interface VlekRequest {
  readonly signingKey: 'VLEK';
  readonly product: SnpProduct;
  /** PEM or DER. */
  readonly certificate: string | Uint8Array;
}

export type SnpEndorsementRequest = VcekRequest | VlekRequest;

/** A source of AMD's endorsements. */
export type SnpEndorsementSource = EndorsementSource<SnpEndorsementRequest, SnpEndorsements>;

const turinChipIdDigits = 16;

/** The chip id as AMD's service and certificates have it: Turin's is the first 8 bytes of the report's. */
export function addressedChipId({ product, chipId }: VcekRequest): string {
  const id = product === 'Turin' ? chipId.slice(0, turinChipIdDigits) : chipId;
  if (!/^[0-9a-f]+$/.test(id) || id.length !== (product === 'Turin' ? turinChipIdDigits : 128) || /^0+$/.test(id)) {
    return refuseEndorsements('vcek-not-addressable', 'chip id', `a ${product} chip cannot be asked for by it`);
  }
  return id;
}

/** Path of the VCEK certificate, with its query. Patch levels have two digits at least. */
export function vcekPath(request: VcekRequest): string {
  const { fmc, bootLoader, tee, snp, microcode } = request.reportedTcb;
  const levels = [
    ['blSPL', bootLoader],
    ['teeSPL', tee],
    ['snpSPL', snp],
    ['ucodeSPL', microcode],
    ['fmcSPL', request.product === 'Turin' ? fmc : undefined],
  ] as const;
  const query = levels.flatMap(([name, level]) =>
    level === undefined ? [] : [`${name}=${String(level).padStart(2, '0')}`],
  );
  return `/vcek/v1/${request.product}/${addressedChipId(request)}?${query.join('&')}`;
}

/** Path of the chain (`cert_chain`) or revocation list (`crl`) above a kind of key. */
export function authorityPath({ signingKey, product }: SnpEndorsementRequest, item: 'cert_chain' | 'crl'): string {
  return `/${signingKey.toLowerCase()}/v1/${product}/${item}`;
}

/** One text for each request, the same for the same request. */
export function snpRequestKey(request: SnpEndorsementRequest): string {
  if (request.signingKey === 'VCEK') return vcekPath(request);
  return `VLEK ${request.product} ${createHash('sha256').update(request.certificate).digest('hex')}`;
}
