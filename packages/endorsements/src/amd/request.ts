/** What AMD's endorsements are asked for by, and where they stand. Source: AMD 57230, VCEK Certificate and KDS Interface Specification. */

import { createHash } from 'node:crypto';
import type { Refusal } from '@atesto/core';
import type { SnpEndorsements, SnpLookup, SnpProduct, SnpTcb } from '@atesto/evidence/advanced';
import { endorsementRefused, refuseEndorsements } from '../refusal.ts';
import type { EndorsementSource } from '../source.ts';

/** A chip and the TCB version that its report names as reported. */
export interface VcekRequest {
  readonly signingKey: 'VCEK';
  readonly product: SnpProduct;
  /** Hex, lower case: 64 bytes as the report has it, or 8 on Turin. */
  readonly chipId: string;
  readonly reportedTcb: SnpTcb;
}

/**
 * Asks for what stands above a certificate that came with the evidence: AMD's chain and list. AMD gives VLEK certificates to cloud providers
 * alone, so that this is the only request for one; a VCEK that is at hand need not be asked for.
 */
export interface SuppliedCertificateRequest {
  readonly signingKey: 'VCEK' | 'VLEK';
  readonly product: SnpProduct;
  /** PEM or DER. */
  readonly certificate: string | Uint8Array;
  /** PEM: ASK (or ASVK), then ARK, as they came with the certificate. Files that lack them give their list for these. */
  readonly authorityChain?: string;
}

/** A request for AMD's endorsements: for a VCEK by its chip, or for what stands above a certificate that came with the evidence. */
export type SnpEndorsementRequest = VcekRequest | SuppliedCertificateRequest;

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
  if (!('certificate' in request)) return vcekPath(request);
  const { signingKey, product, certificate } = request;
  return `${signingKey} ${product} ${createHash('sha256').update(certificate).digest('hex')}`;
}

/** What to ask for a report, by what the evidence package read in it. */
export function snpRequestFor(
  lookup: SnpLookup,
): { readonly ok: true; readonly value: SnpEndorsementRequest } | { readonly ok: false; readonly refusal: Refusal } {
  const { signingKey, product, chipId, reportedTcb, supplied } = lookup;
  if (supplied !== undefined) {
    const { kind, certificate, authorityChain } = supplied;
    const authorities = authorityChain === '' ? {} : { authorityChain };
    return { ok: true, value: { signingKey: kind, product: supplied.product, certificate, ...authorities } };
  }
  if (signingKey === 'VCEK') {
    return { ok: true, value: { signingKey, product, chipId: Buffer.from(chipId).toString('hex'), reportedTcb } };
  }
  const why = 'a VLEK signed the report; send its certificate with the report';
  return { ok: false, refusal: endorsementRefused('vlek-certificate-missing', 'evidence', why).refusal };
}
