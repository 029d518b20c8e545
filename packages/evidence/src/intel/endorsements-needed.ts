/** Determines which endorsements a quote needs, before the quote is verified. The result only decides what to fetch. */
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { TrustAnchor } from '../roots.ts';
import { parsePemChain } from '../x509/pem.ts';
import type { PckCertificateId } from './certification-data.ts';
import { parsePckFacts } from './pck.ts';
import { verifyPckChain } from './pck-chain.ts';
import type { ParsedQuote } from './quote.ts';

/** What to ask Intel's service for. */
export interface IntelEndorsementsNeeded {
  readonly tee: 'sgx' | 'tdx';
  /** 12 hex digits, lower case. */
  readonly fmspc: string;
  /** 4 hex digits, lower case. */
  readonly pceId: string;
  /** The authority that issued the PCK certificate. */
  readonly ca: 'processor' | 'platform';
}

/** A quote of certification data type 1 to 3 names its platform only; its PCK certificate must be looked up first. */
export type IntelLookup =
  | { readonly kind: 'collateral'; readonly needed: IntelEndorsementsNeeded }
  | {
      readonly kind: 'pck-certificate';
      readonly tee: 'sgx' | 'tdx';
      readonly id: PckCertificateId;
      readonly qeId: Uint8Array;
      /** What the platform's PCK key signed: tells its certificate from those of other platforms with the same versions. */
      readonly qeReport?: { readonly bytes: Uint8Array; readonly signature: Uint8Array };
    };

/** What a PCK chain, or its leaf alone, says of the collateral it needs. */
export function neededByPckCertificate(tee: 'sgx' | 'tdx', pem: string): Outcome<IntelEndorsementsNeeded> {
  return settle(() => {
    const [leaf] = parsePemChain(pem, 'PCK chain');
    if (leaf === undefined) return refuse('pck-certificate-missing', 'PCK chain', 'there is no certificate');
    const { fmspc, pceId } = parsePckFacts(leaf);
    const issuer = Buffer.from(leaf.issuer).toString('latin1');
    return { tee, fmspc, pceId, ca: issuer.includes('Intel SGX PCK Platform CA') ? 'platform' : 'processor' };
  });
}

function checkCarriedChain(chainPem: string, anchors: readonly TrustAnchor[]): Outcome<void> {
  return settle(() => {
    verifyPckChain(chainPem, anchors);
  });
}

/**
 * What a parsed quote needs.
 * @param anchors when given, a whole chain that the quote carries must lead to one of them: else anybody could have things fetched for
 * platforms that he made up
 */
export function lookupFor(quote: ParsedQuote, anchors?: readonly TrustAnchor[]): Outcome<IntelLookup> {
  const { certification, teeType: tee } = quote;
  if (certification.type === 5 && anchors !== undefined) {
    const carried = checkCarriedChain(certification.chainPem, anchors);
    if (!carried.ok) return carried;
  }
  if (certification.type === 4 || certification.type === 5) {
    const pem = certification.type === 5 ? certification.chainPem : certification.leafPem;
    const needed = neededByPckCertificate(tee, pem);
    return needed.ok ? { ok: true, value: { kind: 'collateral', needed: needed.value } } : needed;
  }
  // The quoting enclave's id stands in the first 16 bytes of the user data.
  return {
    ok: true,
    value: {
      kind: 'pck-certificate',
      tee,
      id: certification.id,
      qeId: quote.userData.subarray(0, 16),
      qeReport: { bytes: quote.qeReport, signature: quote.qeReportSignature },
    },
  };
}
